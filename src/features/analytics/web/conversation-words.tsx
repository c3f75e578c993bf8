import type { ReactNode } from 'react'
import { LinkButton, Empty, Status, useCan, type Meaning } from '#web/kit/index.ts'
import type { Event } from '../conversations/schema.ts'
import type { Call } from './conversation-turns.ts'
import './conversation.css'

export const path = '/api/v1/conversations'

/** Single persons are shown to who may see them; everybody else is led to the sums. */
export function PersonsOnly({ children }: { readonly children: ReactNode }) {
  const may = useCan('analytics.persons')
  const mayView = useCan('analytics.view')
  if (may) return children
  return (
    <Empty
      title="Conversations are about single persons"
      action={mayView && <LinkButton to="/analytics">To the sums of all</LinkButton>}
    >
      Your role does not include <code>analytics.persons</code>. An owner of this workspace can
      change that.
    </Empty>
  )
}

export const count = (n: number): string => n.toLocaleString('en')

/** `180 ms`, `4.2 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 10) / 10} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${count(Math.floor(ms / 60_000))} min ${Math.floor((ms % 60_000) / 1000)} s`
}

/** The time of a day, in UTC: what stands in a conversation lies seconds apart. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 19)

const outcomes: Readonly<Record<Call['outcome'], readonly [Meaning, string]>> = {
  ran: ['allowed', 'ran'],
  failed: ['removed', 'failed'],
  denied: ['forbidden', 'denied'],
  waiting: ['neutral', 'no result yet'],
}
export function OutcomeMark({ of }: { readonly of: Call['outcome'] }) {
  const [meaning, word] = outcomes[of]
  return <Status meaning={meaning}>{word}</Status>
}

/** Whose word it was that a call ran or did not. */
export function deciderOf({
  outcome,
  decidedBy,
  rule,
  ruleDecision,
}: Pick<Call, 'outcome' | 'decidedBy' | 'rule' | 'ruleDecision'>): string {
  if (outcome === 'denied') {
    if (decidedBy === 'user') return 'by the person'
    return rule !== '' && ruleDecision === 'forbidden' ? 'by a rule' : 'by its configuration'
  }
  if (decidedBy === 'user') return 'approved by the person'
  return decidedBy === 'config' ? 'allowed by its configuration' : ''
}

const ruleMeaning: Readonly<Record<string, Meaning>> = {
  forbidden: 'forbidden',
  prompt: 'prompt',
  allow: 'allowed',
}
const ruleWords: Readonly<Record<string, string>> = {
  forbidden: 'forbids',
  prompt: 'asks first',
  allow: 'allows',
  unsure: 'cannot be told',
}

/** The strictest rule that matches a command, with what it says. */
export function RuleMark({ rule, says }: { readonly rule: string; readonly says: string }) {
  if (rule === '') return null
  return (
    <span className="gh-talk-rule">
      Rule <code>{rule}</code>{' '}
      <Status meaning={ruleMeaning[says] ?? 'neutral'}>{ruleWords[says] ?? says}</Status>
    </span>
  )
}

/** What an event is about in a few words, for lists of events. What nobody understands keeps its own name. */
export function eventWords(event: Event): string {
  const { kind, tool, program, durationMs, status, tokens, length } = event
  const took = durationMs === null ? '' : `, ${duration(durationMs)}`
  switch (kind) {
    case 'conversation':
      return 'Said what it runs with'
    case 'prompt':
      return length === null ? 'Prompt' : `Prompt of ${count(length)} characters`
    case 'api_request':
      return `Request to the model${status === null ? '' : `: ${status}`}${took}`
    case 'tokens':
      return tokens === null
        ? 'Tokens'
        : `${count(tokens.input)} tokens in (${count(tokens.cached)} cached), ${count(tokens.output)} out`
    case 'stream':
      return `Answer of the model: ${tool}${took}`
    case 'tool_decision':
      return `${tool}: ${event.decision ?? 'decided'}${event.decidedBy === null ? '' : ` by ${event.decidedBy}`}`
    case 'tool_result':
      return `${program === '' ? tool : `${tool}, ${program}`}${took}`
    case 'first_token':
      return `First token${took}`
    case 'startup':
      return `Start, ${tool}${took}`
    case 'span':
      return `Span ${event.name}${took}`
    default:
      return event.name
  }
}

/** What became of what an event is about; nothing where there is nothing to say. */
export function EventMark({ of }: { readonly of: Event }) {
  if (of.outcome !== null) return <OutcomeMark of={of.outcome} />
  return of.success === false ? <Status meaning="removed">failed</Status> : null
}

/** Everything that came with an event and has no place of its own. */
export function Fields({ of }: { readonly of: Readonly<Record<string, unknown>> | null }) {
  if (of === null || Object.keys(of).length === 0) return null
  return <pre className="gh-talk-text">{JSON.stringify(of, null, 2)}</pre>
}
