// The text form of a schema, which the generator writes (scripts/protoc-gen-im-protocol/text-form.ts), and its plans, each parsed at its first
// use. Commas separate its items. The first has the version of the form and the package. A block follows for each type:
//
//   1 im.protocol.v1
//   >SendInfo f7c1 n2                  a message: name, frame type and number of the command's field, newest; `h` of the handshake
//   uversion                           field 1, uint32: each number is one more than the last, unless it is given
//   ecmd=Command r                     an enum field, and its rules (parse-rules.ts)
//   @data r20-30 ccmd                  the members of a oneof follow
//   >2Room n3                          a message since version 2; newest is this version too, unless it is given
//   <Command COMMAND_ 10000 custom     an enum: name, prefix of its values, commands of applications
//   UNSPECIFIED:+-                     value 0, and what the command carries (parse-enum.ts)
//
// `=` and the full name follow the name of a type that is not in the package. Texts with a space, a comma or a % are escaped as in URLs.
import type { FrameEntry } from '../codec.js';
import type { StandardRule } from '../standard/rule.js';
import { parseEnum } from './parse-enum.js';
import { parseMessage } from './parse-message.js';
import { type EnumPlan, MessagePlan, type PlannedTypes } from './plan.js';

/** Version of the text form. A text of another version is refused: the generator and the library are not of the same release. */
export const FORM_VERSION = '1';

/** The first item of a message with a frame type. */
const FRAME = /^>\d*([^ ,]+)[^,]* f(\d+)(h?)c?(\d*)/;

export class Schema implements PlannedTypes {
  /** @internal The block of each type. */
  readonly blocks = new Map<string, string>();
  private readonly plans = new Map<string, MessagePlan | EnumPlan>();
  private readonly prefix: string;

  /**
   * @param bases have the types that the text refers to and does not have: by their names in the same package, else by full names.
   * @param rules of buf.validate, which the text refers to by their indexes.
   * @throws Error for a text of another version.
   */
  constructor(
    text: string,
    private readonly bases: readonly Schema[] = [],
    readonly rules: readonly StandardRule[] = [],
  ) {
    const [head, ...blocks] = text.split(/,(?=[<>])/);
    const [version, name] = head.split(' ');
    if (version !== FORM_VERSION) throw new Error(`schema text of version ${version}, expected ${FORM_VERSION}`);
    this.prefix = name === '' ? '' : `${name}.`;
    for (const block of blocks) this.blocks.set(/[^<>\d][^ ,]*/.exec(block)![0], block);
  }

  message(name: string): MessagePlan {
    let plan = this.plans.get(name);
    if (plan === undefined) {
      const base = this.baseOf(name);
      if (base !== undefined) return base.message(base.keyOf(name));
      plan = new MessagePlan();
      // Before it is parsed: a message may contain itself.
      this.plans.set(name, plan);
      parseMessage(plan, this.itemsOf(name), this.prefix, this);
    }
    return plan as MessagePlan;
  }

  enum(name: string): EnumPlan {
    let plan = this.plans.get(name) as EnumPlan | undefined;
    if (plan === undefined) {
      const base = this.baseOf(name);
      if (base !== undefined) return base.enum(base.keyOf(name));
      plan = parseEnum(this.itemsOf(name), this.prefix);
      this.plans.set(name, plan);
    }
    return plan;
  }

  /** An enum of the package by its full name, if the text has it. */
  enumNamed(name: string): EnumPlan | undefined {
    const key = this.keyOf(name);
    return this.blocks.has(key) ? this.enum(key) : undefined;
  }

  /** The messages of the text with a frame type. */
  get frames(): Omit<FrameEntry, 'codec'>[] {
    return [...this.blocks.values()].flatMap((block) => {
      const [, name, type, handshake, command] = FRAME.exec(block) ?? [];
      if (name === undefined) return [];
      return { name, type: Number(type), handshake: handshake !== '', ...(command && { command: Number(command) }) };
    });
  }

  /** The base with a type that the text does not have. */
  private baseOf(name: string): Schema | undefined {
    return this.blocks.has(name) ? undefined : this.bases.find((base) => base.blocks.has(base.keyOf(name)));
  }

  /** The name in the text of a type with this full name, or this name. */
  private keyOf(name: string): string {
    return name.startsWith(this.prefix) ? name.slice(this.prefix.length) : name;
  }

  private itemsOf(name: string): string[] {
    const block = this.blocks.get(name);
    if (block === undefined) throw new Error(`the schema text has no type ${name}`);
    return block.slice(1).split(',');
  }
}
