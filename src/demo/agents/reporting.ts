import { hour } from '#kernel/clock.ts'
import { people } from '../company.ts'
import type { Visitor } from '../visitor.ts'
import { alerts } from './alerts.ts'
import { conversation, type Said } from './conversation.ts'
import { fleets, oldestVersion, own, versionOn, type Machine } from './machines.ts'
import { givenBy, type Given } from './policy.ts'
import { createRandom } from './random.ts'

/** The day on which the company turns telemetry on: with its first enrolment. */
const begin = 4
/** Prices are made up too. A million tokens, in euros, from a day of the demo on. */
const prices = [
  { day: 4, model: 'gpt-5.5-codex', input: 1.1, cachedInput: 0.11, output: 8.8 },
  { day: 4, model: 'gpt-5.5-codex-mini', input: 0.22, cachedInput: 0.02, output: 1.8 },
  { day: 4, model: 'gpt-5.5', input: 1.4, cachedInput: 0.14, output: 11 },
  { day: 38, model: 'gpt-5.5-codex', input: 0.9, cachedInput: 0.09, output: 7.2 },
] as const
/** People come on board; without this nothing would be seen to grow. */
const adoption = (today: number): number => Math.min(1, 0.35 + today / 60)

/** Agents work, and report it as the policy that they were given tells them to. */
export function createReporting(visitor: Visitor, clock: { readonly now: number }) {
  const [owner] = people
  const random = createRandom(20_260_914)
  /** Tokens by enrolment and number of a client. */
  const given = new Map<string | number, Given>()
  let sending: Promise<unknown> = Promise.resolve()

  async function groupId(named: string): Promise<string> {
    const path = '/api/v1/groups?limit=100'
    const { items } = await visitor.call<{ items: readonly { id: string; name: string }[] }>(
      owner,
      'GET',
      path,
    )
    return items.find(({ name }) => name === named)?.id ?? ''
  }

  async function turnOn(): Promise<void> {
    const path = '/api/v1/telemetry/settings'
    const { settings } = await visitor.call<{
      settings: Readonly<Record<string, unknown>> & { readonly version: number }
    }>(owner, 'GET', path)
    const { changedAt: _at, changedBy: _by, ...present } = settings
    const certified = await groupId('Flight software')
    await visitor.call(owner, 'PUT', path, {
      ...present,
      collect: true,
      content: { level: 'commands', patterns: [] },
      groups: [{ groupId: certified, level: 'nothing' }],
    })
    await visitor.call(owner, 'PUT', '/api/v1/analytics/settings', {
      zone: 'Europe/Berlin',
      currency: 'EUR',
      k: 5,
    })
  }

  async function setPrices(today: number): Promise<void> {
    const from = new Date(clock.now).toISOString().slice(0, 10)
    for (const { day: since, ...price } of prices)
      if (since === today)
        await visitor.call(owner, 'POST', '/api/v1/analytics/prices', { ...price, from })
  }

  async function holdToVersion(): Promise<void> {
    const path = '/api/v1/drift/settings'
    const { revision } = await visitor.call<{ revision: number }>(owner, 'GET', path)
    await visitor.call(owner, 'PUT', path, {
      revision,
      versionFloor: oldestVersion,
      signIn: null,
      webhookId: null,
      mailTo: [],
    })
  }

  async function setAlerts(): Promise<void> {
    for (const { name, group, rule } of alerts) {
      const about =
        group === undefined
          ? { of: 'workspace', value: '' }
          : { of: 'group', value: await groupId(group) }
      await visitor.call(owner, 'POST', '/api/v1/alerts', {
        name,
        webhookId: null,
        mailTo: [],
        rule: { ...rule, ...about, exact: true },
      })
    }
  }

  /** What one machine says on one day, none of it later than now. */
  function dayOf(machine: Machine, policy: Given, today: number): readonly Said[] {
    const loose = machine.loose && machine.loose.day <= today ? machine.loose : undefined
    return Array.from({
      length: machine.originator === 'codex_exec' ? 1 : random.pick([1, 1, 1, 2]),
    })
      .flatMap(() =>
        conversation({
          random,
          machine,
          version: versionOn(today, machine),
          given: policy,
          loose,
          // In the ten hours before; today, too, whatever the time is.
          beginsAt: clock.now - Math.floor(random.next() * 10 * hour),
        }),
      )
      .filter(({ at }) => at <= clock.now)
  }

  async function send(token: string, address: string, reports: readonly Report[]): Promise<void> {
    const answer = await visitor.speak(
      { address, agent: 'OTel-OTLP-Exporter-Rust/0.31.0' },
      'POST',
      '/otlp/v1/logs',
      { bearer: token, json: exported(reports) },
    )
    // Whose client was ended, or who is suspended, reports in vain.
    if (!answer.ok && answer.status !== 401)
      throw new Error(`The demo could not be made: ${answer.status} ${await answer.text()}`)
  }

  const works = (machine: Machine, today: number): boolean => {
    const weekend = today % 7 >= 5
    return (
      (!weekend || machine.originator === 'codex_exec') &&
      random.chance(machine.busy * adoption(today))
    )
  }

  /** Each once, with everything that its machines have to say. */
  function report(today: number): readonly Promise<void>[] {
    const requests: Promise<void>[] = []
    for (const [who, policy] of given) {
      const { token } = policy
      if (token === undefined) continue
      const machines = typeof who === 'string' ? fleets[who] : own.slice(who, who + 1)
      const reports = (machines ?? [])
        .filter((machine) => works(machine, today))
        .map((machine) => ({ machine, said: dayOf(machine, policy, today) }))
        .filter(({ said }) => said.length > 0)
      const address = `10.${20 + (requests.length % 3)}.5.${10 + requests.length}`
      if (reports.length > 0) requests.push(send(token, address, reports))
    }
    return requests
  }

  return {
    /**
     * What clients are given: those of an enrolment, by its name, or the n-th of those that people signed in. Undefined: they are
     * refused, and report no more.
     */
    given: (who: string | number, bundle: string | undefined): void => {
      if (bundle === undefined) given.delete(who)
      else given.set(who, givenBy(bundle))
    },
    live: async (today: number): Promise<void> => {
      if (today === begin) await turnOn()
      await setPrices(today)
      if (today === 51) await holdToVersion()
      if (today === 56) await setAlerts()
      await sending
      // It is stored in a thread of its own, while the next day begins.
      sending = Promise.all(report(today))
    },
    /** Resolves when everything is stored. */
    over: (): Promise<unknown> => sending,
  }
}

interface Report {
  readonly machine: Machine
  readonly said: readonly Said[]
}

/** An export request of OTLP as JSON, as the exporter of the client writes it: the time of a record is when it was observed. */
const exported = (reports: readonly Report[]): object => ({
  resourceLogs: reports.map(({ machine, said }) => ({
    resource: {
      attributes: attributes({ 'service.name': machine.originator, 'host.name': machine.host }),
    },
    scopeLogs: [
      {
        scope: { name: 'codex_otel.log_only' },
        logRecords: said.map((record) => ({
          timeUnixNano: '0',
          observedTimeUnixNano: `${record.at}000000`,
          severityNumber: 9,
          traceId: record.trace,
          attributes: attributes(record.attributes),
        })),
      },
    ],
  })),
})

const attributes = (of: Readonly<Record<string, string>>): readonly object[] =>
  Object.entries(of).map(([key, stringValue]) => ({ key, value: { stringValue } }))
