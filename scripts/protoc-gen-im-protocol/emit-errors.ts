// generated/errors.ts: the error table, from the enum whose values have error properties.
import { getComments } from '@bufbuild/protoplugin';
import type { Model } from './model.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { Source } from './source.js';

/** The boolean properties, named as in the schema and in ErrorProperties. */
const PROPERTIES = ['closes', 'reconnect', 'retry', 'local'] as const;

export function emitErrors({ files, settings }: Model, options: PluginOptions): Source[] {
  if (!isOwnRuntime(options)) return [];
  const table = files.flatMap((file) => file.enums).find((e) => e.values.some((v) => settings.value(v)?.error));
  if (!table) return [];
  const out = new Source('errors.ts', table.file.proto.name);
  out.add(
    docComment('Properties of an error.'),
    'export interface ErrorProperties {',
    docComment('Number on the wire. The close code of a WebSocket is 4000 + this number.', '  '),
    '  readonly number: number;',
    docComment('The error closes the connection.', '  '),
    '  readonly closes: boolean;',
    docComment('The client may reconnect automatically.', '  '),
    '  readonly reconnect: boolean;',
    docComment('The same request may be retried.', '  '),
    '  readonly retry: boolean;',
    docComment('The error is only reported locally, and never sent in an ErrorInfo.', '  '),
    '  readonly local: boolean;',
    '}',
    '',
    docComment('All errors of the protocol, by name.'),
    'export const ERRORS: Errors = {',
  );
  const errors = table.values.flatMap((value) => {
    const error = settings.value(value)?.error;
    if (!error) return [];
    const properties = PROPERTIES.filter((property) => error[property]).map((property) => literal(property));
    return [{ value, name: value.localName, properties }];
  });
  for (const { value, name, properties } of errors) {
    out.add(`  ${name}: /* @__PURE__ */ error(${[value.number, ...properties].join(', ')}),`);
  }
  out.add('};', '', docComment('The error table, as literal types.'), 'type Errors = {');
  for (const { value, name, properties } of errors) {
    const row = `ErrorRow<${value.number}, ${properties.join(' | ') || 'never'}>`;
    out.add(docComment(getComments(value).leading ?? '', '  '), `  readonly ${name}: ${row};`);
  }
  out.add(
    '};',
    '',
    docComment('The name of an error.'),
    'export type ErrorName = keyof Errors;',
    '',
    docComment('Properties of an error, as literal types. Those that are not listed are false.'),
    'interface ErrorRow<Number extends number, Property extends string> extends ErrorProperties {',
    '  readonly number: Number;',
    ...PROPERTIES.map((property) => `  readonly ${property}: '${property}' extends Property ? true : false;`),
    '}',
    '',
    'function error<Number extends number, Property extends string = never>(',
    '  number: Number,',
    '  ...properties: Property[]',
    '): ErrorRow<Number, Property>;',
    'function error(number: number, ...properties: string[]): ErrorProperties {',
    '  const has = (property: string): boolean => properties.includes(property);',
    `  return Object.freeze({ number, ${PROPERTIES.map((property) => `${property}: has('${property}')`).join(', ')} });`,
    '}',
  );
  return [out];
}
