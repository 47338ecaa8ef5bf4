// What protovalidate calls the fields and rules of messages: the harness compares it with what it expects. Verdicts do not depend on it.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { type CodeGeneratorRequest, FieldDescriptorProto_Type } from '@bufbuild/protobuf/wkt';
import { type Origin, REQUIRED, type RuleSet } from '../protoc-gen-im-protocol/buf-validate/read-rule.js';
import { allMessages, createModel, type FieldModel } from '../protoc-gen-im-protocol/model.js';
import { readSchema } from '../protoc-gen-im-protocol/schema.js';
import type { Settings } from '../protoc-gen-im-protocol/settings.js';

/** A buf.validate.FieldPathElement without a subscript. */
export interface PathElement {
  readonly fieldNumber?: number;
  readonly fieldName: string;
  readonly fieldType?: number;
  readonly keyType?: number;
  readonly valueType?: number;
}

/** A rule as protovalidate reports it. */
export interface RulePlace {
  /** The rule in our issues. */
  readonly name: string;
  readonly id: string;
  /** Undefined for a rule of a oneof or a message. */
  readonly path?: readonly PathElement[];
}

export interface FieldPlace {
  readonly element: PathElement;
  readonly kind: 'one' | 'list' | 'map';
  /** The message that the field contains. */
  readonly message?: string | undefined;
  readonly whole: readonly RulePlace[];
  readonly items: readonly RulePlace[];
  readonly keys: readonly RulePlace[];
}

/** The fields and oneofs of each message, by the names in our paths. */
export type Places = Readonly<Record<string, Readonly<Record<string, FieldPlace>>>>;

export function describeTypes(request: CodeGeneratorRequest): Places {
  const schema = readSchema(request);
  const model = createModel(schema);
  const rules = schema.all.flatMap(({ messages }) => messages).find(({ typeName }) => typeName === 'buf.validate.FieldRules');
  return Object.fromEntries(
    allMessages(model).map(({ desc, fields, oneofs }) => [
      desc.typeName,
      Object.fromEntries([
        ...oneofs.map((oneof) => [oneof.name, oneofPlace(oneof.desc.name)] as const),
        ...fields.map((field) => [field.desc.jsonName, fieldPlace(field, model.settings, rules)] as const),
      ]),
    ]),
  );
}

function oneofPlace(name: string): FieldPlace {
  return { element: { fieldName: name }, kind: 'one', whole: [{ name: 'required', id: 'required' }], items: [], keys: [] };
}

function fieldPlace(field: FieldModel, settings: Settings, rules: DescMessage | undefined): FieldPlace {
  const { desc, kind } = field;
  const read = settings.standard.field(field);
  const places = (set: RuleSet | undefined): RulePlace[] => (set?.origins ?? []).map((origin) => rulePlace(origin, rules));
  return {
    element: elementOf(desc),
    kind,
    message: desc.message?.typeName,
    whole: [...(read?.required ? [rulePlace(REQUIRED, rules)] : []), ...places(read?.whole)],
    items: places(read?.items),
    keys: places(read?.keys),
  };
}

function rulePlace({ name, id, path }: Origin, rules: DescMessage | undefined): RulePlace {
  const elements: PathElement[] = [];
  let message = rules;
  for (const step of path) {
    const field = message?.fields.find((each) => each.name === step);
    if (field === undefined) throw new Error(`${message?.typeName} has no field ${step}`);
    elements.push(elementOf(field));
    message = field.message;
  }
  return { name, id, path: elements };
}

function elementOf(desc: DescField): PathElement {
  const element = { fieldNumber: desc.number, fieldName: desc.name, fieldType: desc.proto.type };
  if (desc.fieldKind !== 'map') return element;
  const valueType = desc.mapKind === 'scalar' ? desc.scalar : TYPES_OF_MAPS[desc.mapKind];
  return { ...element, keyType: desc.mapKey, valueType };
}

/** The numbers of scalar types are those of descriptors. */
const TYPES_OF_MAPS = { enum: FieldDescriptorProto_Type.ENUM, message: FieldDescriptorProto_Type.MESSAGE };
