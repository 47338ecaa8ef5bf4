// Parses PDML, the XML output of tshark: https://wiki.wireshark.org/PDML

/** A tree item. */
export interface Item {
  readonly name: string;
  /** The value for display filters. */
  readonly show: string;
  /** The bytes, in hex. */
  readonly value: string;
  /** Number of bytes. */
  readonly size: number;
  /** The displayed line. */
  readonly line: string;
  readonly isHidden: boolean;
  readonly items: Item[];
}

/** The top-level items of the dissector per packet, by packet number: one per frame. */
export function parsePdml(text: string): Map<number, Item[]> {
  const packets = new Map<number, Item[]>();
  const open: Item[][] = [];
  let top: Item[] = [];
  for (const [, closing, tag, attributes, isEmpty] of text.matchAll(/<(\/?)(\w+)((?:\s+\w+="[^"]*")*)\s*(\/?)>/g)) {
    if (tag === 'packet') {
      if (closing)
        packets.set(
          Number(fieldOf(top, 'num').show),
          top.filter(({ name }) => name === 'im'),
        );
      else {
        top = [];
        open.push(top);
      }
      if (closing) open.pop();
    } else if (tag === 'proto' || tag === 'field') {
      if (closing) {
        open.pop();
        continue;
      }
      const item = itemOf(attributes);
      open.at(-1)?.push(item);
      if (!isEmpty) open.push(item.items);
    }
  }
  return packets;
}

function fieldOf(items: readonly Item[], name: string): Item {
  const field = items.flatMap((item) => item.items).find((item) => item.name === name);
  if (!field) throw new Error(`a packet without ${name}`);
  return field;
}

function itemOf(attributes: string): Item {
  const of = new Map([...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]));
  const text = (name: string): string => unescapeXml(of.get(name) ?? '');
  return {
    name: text('name'),
    show: text('show'),
    value: text('value'),
    size: Number(text('size')),
    line: text('showname'),
    isHidden: of.get('hide') === 'yes',
    items: [],
  };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-fA-F]+|\w+);/g, (entity, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? entity;
    return String.fromCodePoint(name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}
