/**
 * One HTML page that holds everything, so that it can be mailed and opened in ten years. Nothing in it is fetched or run,
 * whatever a prompt, a model or a tenant is called: the page's own policy forbids it.
 */
export interface MailedPage {
  /** As HTML, escaped. */
  readonly title: string;
  readonly style: string;
  /** Pictures stand in the page itself, as data. */
  readonly hasPictures?: boolean;
  /** As HTML, as is `main`. */
  readonly header: string;
  readonly main: string;
}

export function mailedPage({ title, style, hasPictures = false, header, main }: MailedPage): string {
  const pictures = hasPictures ? ' img-src data:;' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';${pictures} style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
</body>
</html>
`;
}

/** The figures at the head of a page. All is HTML. */
export function figureList(figures: readonly (readonly [name: string, value: string | number])[]): string {
  return `<dl>${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}
