/**
 * What the browser runs: ages that go on, sections that are replaced once they have changed, and a button
 * that is pressed once. Every page works without it. Written for the browser as it is, without a build step.
 */
export const SCRIPT = String.raw`'use strict';
(() => {
  const content = document.getElementById('content');
  const told = document.getElementById('told');
  const status = document.getElementById('live');
  // The browser's clock may be wrong; ages are by the server's.
  let skew = Date.now() - Number(document.body.dataset.now);
  let version = document.body.dataset.version;

  // As src/words/duration.ts writes them.
  const words = (ms) => {
    if (ms < 120000) return Math.max(0, Math.round(ms / 1000)) + ' s';
    if (ms < 7200000) return Math.round(ms / 60000) + ' min';
    if (ms < 172800000) return (ms / 3600000).toFixed(1) + ' h';
    return (ms / 86400000).toFixed(1) + ' days';
  };
  const tick = () => {
    const now = Date.now() - skew;
    for (const time of document.querySelectorAll('time[data-time]')) {
      const at = Date.parse(time.dateTime);
      const text = words(time.dataset.time === 'age' ? now - at : at - now);
      if (time.textContent !== text) time.textContent = text;
    }
  };

  // Somebody types, or has typed: what they see stays until they are done.
  const isControl = (element) => element instanceof HTMLElement && element.matches('input, textarea, select');
  const isDirty = (part) =>
    (isControl(document.activeElement) && part.contains(document.activeElement)) ||
    part.querySelector('#typed') ||
    [...part.querySelectorAll('input:not([type=hidden]), textarea')].some((field) =>
      field.type === 'checkbox' ? field.checked !== field.defaultChecked : field.value !== field.defaultValue,
    ) ||
    [...part.querySelectorAll('select')].some((select) => {
      const first = [...select.options].findIndex((option) => option.defaultSelected);
      return select.selectedIndex !== Math.max(0, first);
    });

  // Two copies are the same but for their ages, and for what stands in their forms.
  const shape = (part) => {
    const copy = part.cloneNode(true);
    for (const time of copy.querySelectorAll('time[data-time]')) time.textContent = '';
    for (const note of copy.querySelectorAll('.changed')) note.remove();
    for (const details of copy.querySelectorAll('details')) details.removeAttribute('open');
    for (const form of copy.querySelectorAll('form')) ['aria-busy', 'id'].forEach((name) => form.removeAttribute(name));
    for (const field of copy.querySelectorAll('input:not([type=hidden])')) field.removeAttribute('value');
    for (const field of copy.querySelectorAll('textarea')) field.textContent = '';
    for (const option of copy.querySelectorAll('option')) option.removeAttribute('selected');
    copy.removeAttribute('tabindex');
    return copy.outerHTML;
  };

  // Where somebody may stand, told apart in any copy of a part: by address or fold, then by words, then by order.
  const STOPS = 'a[href], button, summary, [tabindex]';
  const nameOf = (element) => {
    const fold = element.closest('[data-key]');
    return [element.tagName, element.id || element.getAttribute('href'), fold && fold.dataset.key].join(' ');
  };
  const sameStop = (element, old, fresh) => {
    const stops = (root) => [...root.querySelectorAll(STOPS)].filter((each) => nameOf(each) === nameOf(element));
    const again = stops(fresh);
    const order = Math.min(stops(old).indexOf(element), again.length - 1);
    return again.find((each) => each.textContent === element.textContent) || again[order];
  };
  // What somebody stood on is gone: they stand at its part, or at its neighbour, not at the top of the page.
  const standAt = (element) => {
    if (!element.hasAttribute('tabindex')) element.tabIndex = -1;
    element.focus({ preventScroll: true });
  };

  const sayChanged = (part, words) => {
    if (part.querySelector('.changed')) return;
    const note = document.createElement('p');
    note.className = 'changed';
    note.setAttribute('role', 'status');
    const link = document.createElement('a');
    link.href = location.href;
    link.textContent = 'Look at it again';
    note.append(words + ' ', link, ' (what you have typed is lost then).');
    part.prepend(note);
  };

  // What was open stays open, and whoever stood somewhere stands there still.
  const replace = (old, fresh) => {
    const open = new Set([...old.querySelectorAll('details[open][data-key]')].map((each) => each.dataset.key));
    const active = old.contains(document.activeElement) ? document.activeElement : undefined;
    for (const details of fresh.querySelectorAll('details[data-key]'))
      if (open.has(details.dataset.key)) details.open = true;
    const again = active && sameStop(active, old, fresh);
    old.replaceWith(fresh);
    if (active === undefined) return;
    // A stop in a fold that is closed now cannot be stood on.
    if (again) again.focus({ preventScroll: true });
    if (!fresh.contains(document.activeElement)) standAt(fresh);
  };
  const remove = (part) => {
    const isLost = part.contains(document.activeElement);
    const beside = [part.nextElementSibling, part.previousElementSibling];
    part.remove();
    if (isLost) standAt(beside.find((each) => each && each.matches('[data-part]')) || content);
  };

  const merge = (container, fresh) => {
    const parts = (root) => [...root.querySelectorAll(':scope > [data-part]')];
    const before = new Map(parts(container).map((part) => [part.dataset.part, part]));
    let changes = 0;
    let previous = null;
    for (const part of parts(fresh)) {
      let old = before.get(part.dataset.part);
      before.delete(part.dataset.part);
      if (!old) {
        changes += 1;
        old = part;
        if (previous) previous.after(part);
        else (container.querySelector(':scope > h1') || { after: (it) => container.prepend(it) }).after(part);
      } else if (shape(old) !== shape(part)) {
        changes += 1;
        if (isDirty(old)) sayChanged(old, 'This has changed since you opened it.');
        else {
          replace(old, part);
          old = part;
        }
      }
      previous = old;
    }
    for (const part of before.values()) {
      changes += 1;
      if (isDirty(part)) sayChanged(part, 'This is over: somebody decided, or it went on by itself.');
      else remove(part);
    }
    return changes;
  };

  let announced = 0;
  const announce = (text) => {
    // Read aloud, so not each time.
    if (Date.now() - announced < 15000) return;
    announced = Date.now();
    status.textContent = text;
  };

  let loading = false;
  const refresh = async (wanted) => {
    if (loading) return;
    loading = true;
    try {
      const response = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'follow' });
      if (response.redirected && new URL(response.url).pathname === '/login') return location.reload();
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const fresh = page.getElementById('content');
      if (!fresh) return;
      skew = Date.now() - Number(page.body.dataset.now);
      version = page.body.dataset.version || wanted;
      document.title = page.title;
      const heading = content.querySelector(':scope > h1');
      const freshHeading = fresh.querySelector(':scope > h1');
      if (heading && freshHeading && heading.textContent !== freshHeading.textContent)
        heading.textContent = freshHeading.textContent;
      const changes = merge(told, page.getElementById('told')) + merge(content, fresh);
      tick();
      if (changes > 0) announce('Updated at ' + new Date().toLocaleTimeString());
    } catch {
      status.textContent = 'The console does not answer; trying again.';
    } finally {
      loading = false;
    }
  };

  let source;
  const listen = () => {
    if (source || version === undefined || document.hidden) return;
    const page = new URL(location.href);
    page.searchParams.delete('notice');
    source = new EventSource(
      '/events?page=' + encodeURIComponent(page.pathname + page.search) + '&version=' + version,
    );
    source.addEventListener('version', (event) => refresh(event.data));
    source.addEventListener('open', () => {
      if (status.textContent.includes('trying again')) status.textContent = 'The console is back.';
    });
    source.addEventListener('error', () => {
      status.textContent = 'The console does not answer; trying again.';
      // Refused for good: too many pages, or logged out.
      if (source.readyState === EventSource.CLOSED) {
        source = undefined;
        setTimeout(listen, 30000);
      }
    });
  };
  const rest = () => {
    if (source) source.close();
    source = undefined;
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : listen()));
  addEventListener('pagehide', rest);
  addEventListener('pageshow', (event) => {
    for (const form of document.querySelectorAll('form')) form.removeAttribute('aria-busy');
    if (event.persisted) refresh(version).then(listen);
  });

  // Sent once, however often the button is pressed. It is not disabled: whoever stands on it would stand nowhere.
  document.addEventListener('submit', (event) => {
    const { target } = event;
    if (target.getAttribute('aria-busy') === 'true') event.preventDefault();
    target.setAttribute('aria-busy', 'true');
    // Whoever stopped the page from loading may send it again.
    setTimeout(() => target.removeAttribute('aria-busy'), 30000);
  });

  // A form that was refused is seen, wherever it is folded away.
  for (let each = document.getElementById('typed'); each; each = each.parentElement)
    if (each.matches('details')) each.open = true;

  // Said once: a reload does not say it again.
  const here = new URL(location.href);
  if (here.searchParams.has('notice')) {
    here.searchParams.delete('notice');
    history.replaceState(null, '', here);
  }
  setInterval(tick, 1000);
  listen();
})();
`;
