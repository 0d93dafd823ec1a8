/**
 * A browser without scripts, for the console's pages over HTTP: it keeps cookies, follows redirects to where
 * it was, and fills in the forms that a page has. Beside it stands whatever a test wants to send by hand.
 */
export interface Seen {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Of the page that was shown in the end: path and query. */
  readonly address: string;
}

/** A form as it stands on a page. */
export interface SeenForm {
  readonly address: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly button: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

export class ConsoleBrowser {
  readonly url: string;
  private readonly cookies = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  /** @param headers beside those of a browser that was asked for the address by hand */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Seen> {
    return await this.follow(path, { headers: { accept: 'text/html', ...headers } });
  }

  /** As its form would send it, from the page itself. */
  async post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Seen> {
    const own = { accept: 'text/html', origin: this.url, 'sec-fetch-site': 'same-origin' };
    return await this.follow(path, {
      method: 'POST',
      headers: { ...own, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  }

  /** Fills in the one form that fits, and sends it. */
  async submit(
    page: Seen,
    which: Readonly<Record<string, string>>,
    fields: Readonly<Record<string, string>>,
  ): Promise<Seen> {
    const form = formIn(page, which);
    return await this.post(form.address, { ...form.fields, ...fields });
  }

  private async follow(path: string, init: RequestInit): Promise<Seen> {
    const response = await fetch(new URL(path, this.url), {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), ...this.cookieHeader() },
      signal: AbortSignal.timeout(60_000),
    });
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    const to = response.headers.get('location');
    if (to !== null && response.status === 303) {
      await response.body?.cancel();
      return await this.follow(to, { headers: { accept: 'text/html' } });
    }
    return { status: response.status, text: await response.text(), headers: response.headers, address: path };
  }

  private keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  private cookieHeader(): Record<string, string> {
    if (this.cookies.size === 0) return {};
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }
}

/** The one form whose hidden fields have these values; fails where there is none, or more than one. */
export function formIn(page: Seen, which: Readonly<Record<string, string>>): SeenForm {
  const found = formsIn(page).filter(({ fields }) =>
    Object.entries(which).every(([name, value]) => fields[name] === value),
  );
  const [form] = found;
  if (form === undefined || found.length > 1) {
    const seen = formsIn(page).map(({ fields }) => fields['action'] ?? '');
    throw new Error(
      `expected one form with ${JSON.stringify(which)}, found ${found.length} of ${seen.join(', ')}`,
    );
  }
  return form;
}

export function formsIn({ text }: Pick<Seen, 'text'>): readonly SeenForm[] {
  return [...text.matchAll(/<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, address = '', body = '']) => ({
      address: plain(address),
      fields: fieldsIn(body),
      button: words(/<button[^>]*>(.*?)<\/button>/s.exec(body)?.[1] ?? ''),
    }),
  );
}

function fieldsIn(body: string): Readonly<Record<string, string>> {
  const inputs = [...body.matchAll(/<input\b[^>]*>/gs)].map(([tag]) => tag);
  const selects = [...body.matchAll(/<select name="([^"]*)"[^>]*>(.*?)<\/select>/gs)];
  return Object.fromEntries([
    ...inputs.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')] as const),
    ...selects.map(([, name = '', options = '']) => {
      const chosen =
        /<option value="([^"]*)" selected/.exec(options) ?? /<option value="([^"]*)"/.exec(options);
      return [plain(name), plain(chosen?.[1] ?? '')] as const;
    }),
    ...[...body.matchAll(/<textarea name="([^"]*)"[^>]*>(.*?)<\/textarea>/gs)].map(
      ([, name = '', text = '']) => [plain(name), plain(text)] as const,
    ),
  ]);
}

function attribute(tag: string, name: string): string {
  return plain(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

/** What a person reads: without tags, spaces made one. */
export function words(html: string): string {
  return plain(html.replace(/<[^>]*>/g, ''))
    .replace(/\s+/g, ' ')
    .trim();
}

function plain(text: string): string {
  return text.replace(/&(#39|\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
