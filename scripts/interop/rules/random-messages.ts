// Random messages of the right types whose values lie on both sides of the limits of the schema, made by reflection from its options. Their bytes
// are those of @bufbuild/protobuf.
import { type DescEnum, type DescField, type DescMessage, ScalarType, toBinary } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import type { Random } from '../../../test/fuzz/random.js';
import type { FieldSettings, Settings } from '../../protoc-gen-im-protocol/settings.js';
import { randomInteger } from './random-integers.js';
import { randomText } from './random-texts.js';

const MAX_DEPTH = 4;

export class RandomMessages {
  /** A value breaks a rule on purpose once in so many times. */
  private wrongOnceIn = 1;

  constructor(
    private readonly settings: Settings,
    private readonly random: Random,
  ) {}

  next(desc: DescMessage): Uint8Array {
    this.wrongOnceIn = this.random.pick([1000, 1000, 30, 5]);
    const { message } = this.message(desc, 0);
    return toBinary(desc, message);
  }

  private message(desc: DescMessage, depth: number): ReflectMessage {
    const message = reflect(desc);
    for (const field of desc.fields)
      if (field.oneof === undefined && this.isPresent(field, depth)) this.setField(message, field, depth);
    for (const oneof of desc.oneofs) {
      const { required, commandData } = this.settings.oneof(oneof) ?? {};
      const fields = oneof.fields.filter(({ message: type }) => depth < MAX_DEPTH || type === undefined);
      if (fields.length === 0 || (!required && this.random.oneIn(3)) || this.isWrong()) continue;
      const field = this.random.pick(fields);
      this.setField(message, field, depth);
      if (commandData !== undefined && !this.isWrong()) this.setCommand(message, commandData, field);
    }
    return message;
  }

  /** Sets a command that carries the member. */
  private setCommand(
    message: ReflectMessage,
    { command, replyTo }: { command: string; replyTo: string },
    member: DescField,
  ): void {
    const field = message.desc.fields.find(({ name }) => name === command);
    if (field?.enum === undefined) return;
    const { applicationFrom = 0, applicationData } = this.settings.enum(field.enum) ?? {};
    const carrying = field.enum.values.filter((value) => this.settings.value(value)?.command?.data.includes(member.name));
    const number =
      member.name === applicationData ? applicationFrom : carrying.length > 0 ? this.random.pick(carrying).number : undefined;
    if (number !== undefined) message.set(field, number);
    const reply = message.desc.fields.find(({ name }) => name === replyTo);
    if (reply !== undefined) message.set(reply, this.random.below(2));
  }

  private isPresent(field: DescField, depth: number): boolean {
    const own = this.settings.field(field);
    if (depth >= MAX_DEPTH && field.message !== undefined) return own?.required === true && depth < MAX_DEPTH * 2;
    if (this.isNeeded(field, own)) return !this.isWrong();
    return this.random.oneIn(2);
  }

  private isNeeded(field: DescField, own: FieldSettings | undefined): boolean {
    const { exactlyOne = [], atLeastOne = [] } = this.settings.message(field.parent) ?? {};
    const isFirst = [...exactlyOne, ...atLeastOne].some(({ fields }) => fields[0] === field.name);
    return (
      isFirst ||
      own?.required === true ||
      this.rules(own).some(({ min, minBytes, minItems }) => [min, minBytes, minItems].some(Boolean))
    );
  }

  private setField(message: ReflectMessage, field: DescField, depth: number): void {
    const own = this.settings.field(field);
    if (field.fieldKind === 'list') {
      const list = message.get(field);
      for (let left = this.size(own); left > 0; left--) list.add(this.value(field, own?.items, depth));
    } else if (field.fieldKind === 'map') {
      const map = message.get(field);
      for (let left = this.size(own); left > 0; left--)
        map.set(this.scalar(field.mapKey, own?.keys) as never, this.value(field, own?.values, depth));
    } else {
      message.set(field, this.value(field, own, depth));
    }
  }

  /** Of a list or map. */
  private size(own: FieldSettings | undefined): number {
    const { minItems = 0, maxItems = 1000 } = own ?? {};
    if (this.isWrong())
      return this.random.pick([0, minItems - 1, maxItems < 70 ? maxItems + 1 : 1].map((size) => Math.max(0, size)));
    if (maxItems <= 70 && this.random.oneIn(20)) return maxItems;
    return Math.min(maxItems, minItems + this.random.below(3));
  }

  private value(
    type: { message?: DescMessage | undefined; enum?: DescEnum | undefined; scalar?: ScalarType | undefined },
    own: FieldSettings | undefined,
    depth: number,
  ): unknown {
    if (type.message?.typeName === 'google.protobuf.Any') return this.any(type.message);
    if (type.message) return this.message(type.message, depth + 1);
    if (type.enum) return this.enumNumber(type.enum, own);
    return this.scalar(type.scalar as ScalarType, own);
  }

  private any(desc: DescMessage): ReflectMessage {
    const message = reflect(desc);
    message.set(
      desc.field.typeUrl,
      this.isWrong() ? this.random.pick(['', 'x', 'a/b..c']) : 'type.googleapis.com/com.example.Poll',
    );
    return message;
  }

  private enumNumber({ values }: DescEnum, own: FieldSettings | undefined): number {
    if (this.isWrong()) return this.random.pick([0, -1, -(2 ** 31), 2 ** 31 - 1, 999, 1000]);
    const least = Math.max(0, ...this.rules(own).map(({ min }) => Number(min ?? 0n)));
    return this.random.pick(values.map(({ number }) => number).filter((number) => number >= least));
  }

  private scalar(type: ScalarType, own: FieldSettings | undefined): unknown {
    const rules = this.rules(own);
    switch (type) {
      case ScalarType.BOOL:
        return this.random.oneIn(2);
      case ScalarType.STRING:
        return randomText(rules, this.random, this.isWrong());
      case ScalarType.BYTES:
        return Uint8Array.from(Buffer.from(randomText(rules, this.random, this.isWrong())));
      default:
        return randomInteger(type, rules, this.random, this.isWrong());
    }
  }

  private rules(own: FieldSettings | undefined): FieldSettings[] {
    return own === undefined ? [] : this.settings.rules(own);
  }

  private isWrong(): boolean {
    return this.random.oneIn(this.wrongOnceIn);
  }
}
