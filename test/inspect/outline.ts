// An inspection as text, for tests.
import { type Inspection, leaves, type Part } from '../../src/inspect/index.js';

/** Hex, in which white space does not count, as bytes. */
export function hex(text: string): Uint8Array {
  return Buffer.from(text.replace(/\s/g, ''), 'hex');
}

/** Each part but frames and payloads with its bytes; nested ones indented, and problems behind it. */
export function outline({ bytes, parts }: Inspection): string[] {
  const line = ({ kind, name, start, end, text, secret, problems }: Part): string => {
    const shown = Buffer.from(bytes.subarray(start, end)).toString('hex');
    const marks = [secret ? ' (secret)' : '', ...problems.map(({ message }) => ` ! ${message}`)].join('');
    return `${shown} ${kind === name ? '' : `${kind} `}${name}: ${text}${marks}`;
  };
  const lines = (list: readonly Part[], indent: string): string[] =>
    list.flatMap((part) => [indent + line(part), ...lines(part.parts, `${indent}  `)]);
  return lines(parts, '');
}

/** The bytes of all leaves, one behind the other. */
export function leafBytes(inspection: Pick<Inspection, 'parts' | 'bytes'>): Uint8Array {
  return Buffer.concat([...leaves(inspection)].map(({ start, end }) => inspection.bytes.subarray(start, end)));
}

/** What is wrong with a tree of parts: a gap, an overlap, a part out of its parent. */
export function gaps({ bytes, parts }: Pick<Inspection, 'parts' | 'bytes'>): string[] {
  const wrong: string[] = [];
  const visit = (list: readonly Part[], from: number, to: number): void => {
    let at = from;
    for (const part of list) {
      if (part.start !== at || part.end < part.start) wrong.push(`${part.kind} ${part.name} at ${part.start}, expected ${at}`);
      if (part.parts.length > 0) visit(part.parts, part.start, part.end);
      if (part.inflated) wrong.push(...gaps(part.inflated));
      at = part.end;
    }
    if (at !== to) wrong.push(`ends at ${at}, expected ${to}`);
  };
  visit(parts, 0, bytes.length);
  return wrong;
}
