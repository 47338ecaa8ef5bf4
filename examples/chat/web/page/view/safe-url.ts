// URLs come from other users: only those that a link or a picture may have.

/** The URL of a link: http or https. Undefined: it is not opened, as `javascript:` must not be. */
export function linkUrl(text: string): string | undefined {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}

/** The URL of a picture: https, or a path of this server. The policy of the page allows no others. */
export function pictureUrl(text: string): string | undefined {
  const url = URL.parse(text, location.origin);
  return url !== null && (url.protocol === 'https:' || url.origin === location.origin) ? url.href : undefined;
}

export type TextPart = { readonly text: string; readonly url?: string };

/** Characters that end a sentence rather than a URL. */
const TRAILING = /[.,;:!?)\]}'"»”’。，；：！？）】》]+$/;

/** Splits a text into plain parts and links. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(/https?:\/\/[^\s<>"“”]+/gi)) {
    const trimmed = found.replace(TRAILING, '');
    const url = linkUrl(trimmed);
    if (url === undefined) continue;
    if (index > at) parts.push({ text: text.slice(at, index) });
    parts.push({ text: trimmed, url });
    at = index + trimmed.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}
