import { emptyHome } from './codex.ts'
import type { Chance } from './composition.pairs.ts'
import { startMockModel } from './mock-model.ts'
import { writeManagedRequirements } from './sandbox.ts'

/** What the client did with a command; `reason` is the justification it gave. */
export interface Ruling {
  readonly decision: 'forbidden' | 'prompt' | 'allow'
  readonly reason: string | undefined
}

const AT_ONCE = 300

/**
 * Lets a model ask for the commands in a few turns, under a policy that lies on the machine. With `approval_policy =
 * "never"` a rule that asks rejects with a sentence of its own. What no rule restricts is run: the commands name programs
 * that do not exist.
 */
export async function askClient(
  policy: string,
  commands: readonly string[],
): Promise<readonly Ruling[]> {
  writeManagedRequirements(policy)
  const batches: (readonly string[])[] = []
  for (let from = 0; from < commands.length; from += AT_ONCE)
    batches.push(commands.slice(from, from + AT_ONCE))
  return (await Promise.all(batches.map(askAtOnce))).flat()
}

async function askAtOnce(commands: readonly string[]): Promise<readonly Ruling[]> {
  const results = await toolResults(commands, ['--sandbox', 'danger-full-access'])
  return results.map((said, n) => {
    const reason = /rejected: (.*?)\\?"\)/.exec(said)?.[1]
    if (reason !== undefined) return { decision: 'forbidden', reason }
    if (said.includes('approval required by policy')) return { decision: 'prompt', reason }
    if (said.includes('Process exited')) return { decision: 'allow', reason }
    throw new Error(`no ruling for ${JSON.stringify(commands[n])}: ${said}`)
  })
}

/** What the client told the model about each command. */
export async function toolResults(
  commands: readonly string[],
  args: readonly string[],
): Promise<readonly string[]> {
  const model = await startMockModel()
  try {
    model.scriptAtOnce(commands)
    const run = await emptyHome({}, model).run(
      ['exec', '--skip-git-repo-check', '-c', 'approval_policy=never', ...args, 'hi'],
      { timeoutMs: 120_000 },
    )
    const said = model.requests.at(-1)?.toolResults
    return commands.map((command, n) => {
      const result = said?.get(commands.length === 1 ? 'call_1' : `call_1_${n}`)
      if (result === undefined)
        throw new Error(`no answer for ${JSON.stringify(command)}:\n${run.stderr.slice(-2000)}`)
      return result
    })
  } finally {
    await model.close()
  }
}

const WORDS = (
  'a x if then for in do done fi 1 12 -1 0x1F -x --y=z a=b =c ! a! @ + % , : . / é 世 { } [ ]] ( a#b #c ~ * $ $x \\ ' +
  '\\\n a\\ _ a_1 a+=b - -- 10#3 -0 1.5 a,b a:b ^ ? a]b'
).split(' ')
const QUOTED = [
  '""',
  "''",
  '"x y"',
  "'x y'",
  '"a\nb"',
  "'a\nb'",
  '"$"',
  '"$x"',
  '"a\\b"',
  '"\\""',
  '"`"',
  "'\"'",
  '"a\\\nb"',
  '" "',
  '"#"',
  "'*'",
  '"\\\\"',
  "'\\'",
  '"\\n"',
  '"x',
  "$'z'",
  '"a;b"',
  "'|'",
]
const JOINTS = [' && ', '&&', ' || ', '; ', ';', '\n', ' | ', ' &&\n', '\n\n', ';\n', ' |\n']
const ODD_JOINTS = [' & ', ' |& ', ';;', ' ; ;', '\n;', ' && && ', ' # c\n', ' \\\n&& ', '\r\n']
const BLANKS = [' ', ' ', ' ', '\t', '  ', ' \\\n ', '\\\n', '\r']
const ENDS = [
  '',
  '',
  '',
  '',
  '',
  '',
  ';',
  '\n',
  ' &',
  ' &&',
  ' > /dev/null',
  ' 2>&1',
  ' <<< x',
  ' # c',
]

/**
 * Shell scripts around what the client takes apart: mostly it does, and often something in them keeps it from it.
 * @param program the name of the n-th command.
 */
export function scriptFrom(chance: Chance, program: (n: number) => string): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T
  const word = (): string => {
    if (chance() < 0.05) return pick(WORDS)
    if (chance() < 0.15) return pick(QUOTED)
    const plain = pick(['a', 'x', '-x', '--y=z', 'a/b.c', '12', 'b,c'])
    return chance() < 0.1 ? plain + pick(QUOTED) : plain
  }
  const count = 1 + Math.floor(chance() * 4)
  let script = chance() < 0.1 ? pick(['\n', ' ', '\t', '\\\n']) : ''
  for (let n = 0; n < count; n += 1) {
    if (n > 0) script += chance() < 0.04 ? pick(ODD_JOINTS) : pick(JOINTS)
    script += chance() < 0.03 ? pick(WORDS) : program(n)
    for (let more = Math.floor(chance() * 4); more > 0; more -= 1) script += pick(BLANKS) + word()
  }
  return chance() < 0.3 ? script + pick(ENDS) : script
}

/** One rule, as it stands in `prefix_rules`. */
export function ruleOf(
  pattern: readonly (string | readonly string[])[],
  decision: string,
  justification: string,
  canonical = false,
): string {
  const tokens = pattern.map((token) =>
    typeof token === 'string'
      ? `{ token = ${JSON.stringify(token)} }`
      : `{ any_of = ${JSON.stringify(token)} }`,
  )
  const flag = canonical ? ', canonical_matching = true' : ''
  return `{ pattern = [${tokens.join(', ')}], decision = "${decision}", justification = "${justification}"${flag} }`
}

export const policyOf = (rules: readonly string[]): string =>
  `[rules]\nprefix_rules = [\n${rules.join(',\n')}\n]\n`
