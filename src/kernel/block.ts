import * as quote from './quote.ts'

/** Lines that a script puts into a file that others write too, kept between two marks so that they can be found again. */
export interface Block {
  readonly file: string
  readonly begin: string
  readonly end: string
  /** Above everything else: keys that must belong to no table of the file. Left out: below it. */
  readonly at?: 'top'
}

/** What must not stand in the rest of the file. */
export interface Conflict {
  /** For `grep`, a basic regular expression. */
  readonly pattern: string
  readonly message: string
}

/** The body of a POSIX script that writes these lines in place of the ones it wrote before; everything else stays. */
export const putBlock = (
  block: Block,
  lines: readonly string[],
  conflicts: readonly Conflict[],
): readonly string[] => [
  `file=${quote.shell(block.file)}`,
  'umask 022',
  'mkdir -p "$(dirname "$file")"',
  'touch "$file"',
  without(block),
  ...conflicts.flatMap(({ pattern, message }) => [
    `if grep -q ${quote.shell(pattern)} "$file.new"; then`,
    '  rm -f "$file.new"',
    `  echo "$file "${quote.shell(message)} >&2`,
    '  exit 1',
    'fi',
  ]),
  ...placed(block, [block.begin, ...lines, block.end]),
]

const placed = ({ at }: Block, lines: readonly string[]): readonly string[] => {
  const print = `printf '%s\\n' ${lines.map(quote.shell).join(' ')}`
  return at === 'top'
    ? [
        `${print} > "$file.top"`,
        'cat "$file.new" >> "$file.top"',
        'rm -f "$file.new"',
        'mv "$file.top" "$file"',
      ]
    : [`${print} >> "$file.new"`, 'mv "$file.new" "$file"']
}

/** The body of a POSIX script that takes the lines out again, and the file with them when nothing else is in it. */
export const takeBlock = (block: Block): readonly string[] => [
  `file=${quote.shell(block.file)}`,
  'if [ -f "$file" ]; then',
  `  ${without(block)}`,
  '  if [ -s "$file.new" ]; then mv "$file.new" "$file"; else rm -f "$file.new" "$file"; fi',
  'fi',
]

/** Copies the file to "$file.new" without the block. */
const without = ({ begin, end }: Block): string =>
  `awk '$0 == "${begin}" { skip = 1 } !skip { print } $0 == "${end}" { skip = 0 }' "$file" > "$file.new"`
