// generated/errors.ts: the error table, from the enum whose values carry error properties.
import { getComments } from '@bufbuild/protoplugin';
import { docComment } from './doc-comment.js';
import type { Model } from './model.js';
import { Source } from './source.js';

export function emitErrors({ files, settings }: Model): Source[] {
  const table = files.flatMap((file) => file.enums).find((e) => e.values.some((v) => settings.value(v)?.error));
  if (!table) return [];
  const out = new Source('errors.ts', table.file.proto.name);
  out.add(
    docComment('What follows from an error.'),
    'export interface ErrorProperties {',
    docComment('The number on the wire; a WebSocket closes with 4000 + it.', '  '),
    '  readonly number: number;',
    docComment('The connection is closed.', '  '),
    '  readonly closes: boolean;',
    docComment('The client may reconnect by itself.', '  '),
    '  readonly reconnect: boolean;',
    docComment('The same request may be sent again.', '  '),
    '  readonly retry: boolean;',
    docComment('The error is reported on one side only: it never stands in an ErrorInfo.', '  '),
    '  readonly local: boolean;',
    '}',
    '',
    docComment('All errors of the protocol, by name.'),
    'export const ERRORS = {',
  );
  for (const value of table.values) {
    const error = settings.value(value)?.error;
    if (!error) continue;
    const { closes, reconnect, retry, local } = error;
    out.add(
      docComment(getComments(value).leading ?? '', '  '),
      `  ${value.localName}: { number: ${value.number}, closes: ${closes}, reconnect: ${reconnect}, retry: ${retry}, local: ${local} },`,
    );
  }
  out.add(
    '} as const satisfies Record<string, ErrorProperties>;',
    '',
    docComment('The name of an error.'),
    'export type ErrorName = keyof typeof ERRORS;',
  );
  return [out];
}
