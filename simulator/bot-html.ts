const TAGS = new Set(['b', 'i', 'u', 's', 'a', 'code', 'pre']);
const ENTITY = /^&(lt|gt|amp|quot|#\d+|#x[0-9a-f]+);/i;

/** What Telegram finds wrong with a text in its HTML; null where nothing is. */
export function htmlFault(text: string): string | null {
  const open: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '&' && !ENTITY.test(text.slice(at, at + 12))) return `unknown entity at ${at}`;
    if (character !== '<') continue;
    const end = text.indexOf('>', at);
    const tag = end < 0 ? null : /^(\/?)([a-z]+)((?: href="[^"<>]*")?)$/.exec(text.slice(at + 1, end));
    if (tag === null || !TAGS.has(tag[2]!)) return `unsupported start tag at ${at}`;
    if (tag[1] === '') open.push(tag[2]!);
    else if (open.pop() !== tag[2]) return `unmatched end tag at ${at}`;
    at = end;
  }
  return open.length === 0 ? null : `can't find end tag of ${open.at(-1)}`;
}
