// URIs and references to them: RFC 3986, with the zones of RFC 6874.
import { format } from './formats.js';
import { isIp } from './ip.js';
import type { StandardRule } from './rule.js';

/** "unreserved / sub-delims", and what else a part allows, or percent-encoded. */
const characters = (others: string): string => `(?:[\\w.~!$&'()*+,;=${others}-]|%[\\da-fA-F]{2})`;

const PCHAR = characters(':@');
const SEGMENTS = `(?:/${PCHAR}*)*`;
/** An authority, which `isAuthority` checks, or the first segment is not empty: "//" begins an authority. */
const path = (first: string): string =>
  `(?://(?<authority>[^/?#]*)${SEGMENTS}|/(?:${PCHAR}+${SEGMENTS})?|(?:${first}+${SEGMENTS})?)`;
const REST = `(?:\\?${characters(':@/?')}*)?(?:#${characters(':@/?')}*)?$`;

const URI = new RegExp(`^[A-Za-z][A-Za-z\\d+.-]*:${path(PCHAR)}${REST}`);
/** "non-zero-length segment without any colon" */
const RELATIVE = new RegExp(`^${path(characters('@'))}${REST}`);
const AUTHORITY = new RegExp(`^(?:${characters(':')}*@)?(?:\\[(?<literal>[^\\]]*)\\]|(?<name>${characters('')}*))(?::\\d*)?$`);
/** "IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )" */
const FUTURE = /^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i;
/** "IPv6addrz = IPv6address "%25" ZoneID" */
const ADDRESS = /^(?<address>[\da-f:]+)(?:%25(?:[\w.~-]|%[\da-f]{2})+)?$/i;

/** `uri` */
export function uri(): StandardRule<string> {
  return format('uri', (text) => isKept(URI, text), 'a URI');
}

/** `uri_ref`: a URI or a relative reference. */
export function uriReference(): StandardRule<string> {
  return format('uri_ref', (text) => isKept(URI, text) || isKept(RELATIVE, text), 'a URI reference');
}

function isKept(pattern: RegExp, text: string): boolean {
  const { groups } = pattern.exec(text) ?? {};
  return groups !== undefined && (groups.authority === undefined || isAuthority(groups.authority));
}

function isAuthority(text: string): boolean {
  const { groups } = AUTHORITY.exec(text) ?? {};
  if (groups === undefined) return false;
  const { literal, name } = groups;
  try {
    // "... unless it is used to represent a UTF-8 character sequence."
    decodeURIComponent(literal ?? name);
  } catch {
    return false;
  }
  if (literal === undefined) return true;
  const host = ADDRESS.exec(literal)?.groups?.address;
  return (host !== undefined && isIp(host, 6)) || FUTURE.test(literal);
}
