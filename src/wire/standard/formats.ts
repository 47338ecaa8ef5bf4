// Formats of strings that a short regular expression describes. Each expression is deterministic or bounded, so that a match takes linear time.
import type { StandardRule } from './rule.js';

/**
 * A rule that a string has a format.
 * @param wanted `an email address`
 */
export function format(name: string, keeps: (text: string) => boolean, wanted: string): StandardRule<string> {
  return {
    name,
    refuses: (text) => !keeps(text),
    text: (text) => (text === '' ? `empty, expected ${wanted}` : `expected ${wanted}`),
  };
}

/** https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address */
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;

/** `email`, as in the HTML standard. */
export function email(): StandardRule<string> {
  return format('email', (text) => EMAIL.test(text), 'an email address');
}

/** `uuid`: 8-4-4-4-12 hexadecimal digits. */
export function uuid(): StandardRule<string> {
  return format('uuid', (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text), 'a UUID');
}

/** `tuuid`: a UUID without hyphens. */
export function trimmedUuid(): StandardRule<string> {
  return format('tuuid', (text) => /^[\da-f]{32}$/i.test(text), 'a UUID without hyphens');
}

/** `ulid`: https://github.com/ulid/spec */
export function ulid(): StandardRule<string> {
  return format('ulid', (text) => /^[0-7][\dA-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/.test(text), 'a ULID');
}

/** `protobuf_fqn`: the full name of a message, a field, a method. */
export function protobufName(): StandardRule<string> {
  return format('protobuf_fqn', (text) => /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(text), 'a full name of Protobuf');
}

/** `protobuf_dot_fqn`: with a dot in front. */
export function protobufDotName(): StandardRule<string> {
  const wanted = 'a full name of Protobuf with a leading dot';
  return format('protobuf_dot_fqn', (text) => /^(?:\.[A-Za-z_]\w*)+$/.test(text), wanted);
}

/** Characters of a header that break the framing of HTTP. */
const LINE_CHARACTERS = /[\0\r\n]/;

/**
 * `well_known_regex = KNOWN_REGEX_HTTP_HEADER_NAME`
 * @param strict the characters of RFC 9110; else all but NUL, CR and LF.
 */
export function headerName(strict: boolean): StandardRule<string> {
  const keeps = (text: string): boolean =>
    strict ? /^:?[\w!#$%&'*+\-.^|~`,]+$/.test(text) : text !== '' && !LINE_CHARACTERS.test(text);
  return format('well_known_regex', keeps, 'an HTTP header name');
}

/** `well_known_regex = KNOWN_REGEX_HTTP_HEADER_VALUE` */
export function headerValue(strict: boolean): StandardRule<string> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  const refused = strict ? /[\0-\x08\n-\x1f\x7f]/ : LINE_CHARACTERS;
  return format('well_known_regex', (text) => !refused.test(text), 'an HTTP header value');
}
