/** The whole items of a JSON list that was cut: Google's streams without `alt=sse` are such a list, written item by item. */

/** Undefined: the text is no list of objects. An item that is no JSON ends it. */
export function itemsOfCut(text: string): unknown[] | undefined {
  if (!/^\s*\[\s*\{/.test(text)) return undefined;
  const items: unknown[] = [];
  let depth = 0;
  let start = 0;
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isText) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) isText = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth === 2) start = i;
    } else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 1) {
      try {
        items.push(JSON.parse(text.slice(start, i + 1)));
      } catch {
        return items;
      }
    }
  }
  return items;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
