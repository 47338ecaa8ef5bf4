// The parts of a Markdown page that tests look at.

/** A fenced block. */
export interface CodeBlock {
  /** The first word behind the fence: `ts`. */
  readonly language: string;
  /** What stands behind it: `browser`. */
  readonly mode: string;
  readonly code: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  /** The heading above it. */
  readonly heading: string;
}

export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let open: { language: string; mode: string; line: number; lines: string[] } | undefined;
  for (const [i, line] of page.split('\n').entries()) {
    const fence = /^ *```(\S*) *(.*)$/.exec(line);
    if (open && fence) {
      blocks.push({ language: open.language, mode: open.mode, code: open.lines.join('\n'), line: open.line, heading });
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (fence) open = { language: fence[1], mode: fence[2], line: i + 2, lines: [] };
    else heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
  }
  if (open) throw new Error(`the block at line ${open.line} does not end`);
  return blocks;
}

/** The page without its fenced blocks. */
export function proseOf(page: string): string {
  return page.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}

/** The targets of its links: `docs/wire-format.md#2-frame`. */
export function linkTargets(page: string): string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** What stands in backticks. */
export function codeSpans(page: string): string[] {
  return [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
}

/** The anchors that GitHub makes of its headings: `## 2. Frame` is `2-frame`. */
export function anchors(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** The cells of its tables, row by row, without the heads. */
export function tableRows(page: string): string[][] {
  const lines = proseOf(page).split('\n');
  return lines
    .filter((line, i) => line.startsWith('|') && !isRule(line) && !isRule(lines[i + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

const isRule = (line: string): boolean => /^\|(-+\|)+$/.test(line);
