import { devices, people } from '../company.ts'

/** Where an agent runs, and with what its owner set it up. */
export interface Machine {
  readonly host: string
  /** With which name its client introduces itself. */
  readonly originator: string
  /** A word of `tasks`. */
  readonly team: string
  /** The share of working days on which somebody works on it. */
  readonly busy: number
  /** Days after a release until it has it. */
  readonly late: number
  /** What its owner has changed behind the policy's back, from a day on. */
  readonly loose?: {
    readonly day: number
    readonly approval?: string
    readonly sandbox?: string
    readonly servers?: string
  }
}

/** Releases of the client, by the day of the demo on which they came. */
const releases = [
  [-100, '0.164.0'],
  [6, '0.166.0'],
  [24, '0.167.1'],
  [41, '0.169.0'],
] as const

export const versionOn = (day: number, { late }: Machine): string =>
  releases.findLast(([released]) => released + late <= day)?.[1] ?? releases[0][1]

/** The oldest version that the company still wants to see. */
export const oldestVersion = '0.166.0'

const several = (
  count: number,
  name: string,
  machine: (n: number) => Omit<Machine, 'host'>,
): readonly Machine[] =>
  Array.from({ length: count }, (_, n) => ({
    host: `${name}-${String(n + 1).padStart(2, '0')}`,
    ...machine(n),
  }))

const teams = ['Perception', 'Fleet backend', 'Mobile', 'Data'] as const

/** The machines of an enrolment share its token; they tell their names themselves. */
export const fleets: Readonly<Record<string, readonly Machine[]>> = {
  Laptops: several(16, 'kr-laptop', (n) => ({
    originator: n % 3 === 0 ? 'codex_vscode' : 'codex_cli_rs',
    team: teams[n % teams.length] ?? 'Data',
    busy: 0.4 + (n % 5) * 0.06,
    // One that nobody updates.
    late: n === 6 ? 400 : n % 9,
    ...(n === 10 && { loose: { day: 49, servers: 'docs, browser-tools' } }),
  })),
  'Flight lab': several(6, 'flight-lab', (n) => ({
    originator: 'codex_cli_rs',
    team: 'Flight software',
    busy: 0.5,
    late: 12 + (n % 3),
  })),
  'Build runners': several(5, 'runner', () => ({
    originator: 'codex_exec',
    team: 'CI runners',
    busy: 0.9,
    late: 2,
  })),
  'Trade fair loaners': several(3, 'loaner', () => ({
    originator: 'codex_cli_rs',
    team: 'Contractors',
    busy: 0.7,
    late: 0,
  })),
}

/** The machine behind each of the clients that people signed in themselves. */
export const own: readonly Machine[] = devices.map(({ person, agent }, n) => {
  const { name = '', groups = [] } = people[person] ?? {}
  return {
    host: `${
      name
        .split(' ')[0]
        ?.normalize('NFD')
        .replaceAll(/\P{ASCII}/gu, '')
        .toLowerCase() ?? ''
    }-${n % 2 === 0 ? 'mbp' : 'ws'}`,
    originator: agent.startsWith('codex_vscode') ? 'codex_vscode' : 'codex_cli_rs',
    team: groups[0] ?? '',
    busy: 0.6,
    late: n % 4,
    ...(n === 2 && { loose: { day: 52, approval: 'never', sandbox: 'danger-full-access' } }),
  }
})
