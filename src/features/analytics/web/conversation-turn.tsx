import { useState } from 'react'
import { Button, Group, Text } from '@mantine/core'
import { exactTime, plural, Status } from '#web/kit/index.ts'
import type { ConversationPage } from '../conversations/schema.ts'
import { Trace } from './conversation-trace.tsx'
import type { Call, Other, Turn as TurnOf } from './conversation-turns.ts'
import {
  clock,
  count,
  deciderOf,
  duration,
  EventMark,
  eventWords,
  Fields,
  OutcomeMark,
  RuleMark,
} from './conversation-words.tsx'

/** A prompt, and everything that the agent did on it. */
export function Turn({
  of,
  number,
  conversation,
}: {
  readonly of: TurnOf
  /** Prompts are counted from 1; 0 is what came before the first. */
  readonly number: number
  readonly conversation: ConversationPage
}) {
  const [traced, setTraced] = useState(false)
  const title = of.prompt === null ? 'Before the first prompt' : `Turn ${number}`
  return (
    <section className="gh-talk-turn" aria-label={title}>
      <header className="gh-talk-head">
        <h3 title={exactTime(of.from)}>{title}</h3>
        <Text size="xs" c="dimmed">
          {clock(of.from)} UTC
          {of.until > of.from && `, ${duration(of.until - of.from)}`}
        </Text>
        {of.denied > 0 && <Status meaning="forbidden">{count(of.denied)} denied</Status>}
        {of.failed > 0 && <Status meaning="removed">{count(of.failed)} failed</Status>}
        {of.traceIds.length > 0 && (
          <Button
            variant="default"
            size="compact-xs"
            ml="auto"
            aria-expanded={traced}
            onClick={() => setTraced(!traced)}
          >
            Trace
          </Button>
        )}
      </header>
      {of.prompt !== null && <Prompt of={of.prompt} kept={conversation.kept.content} />}
      <ModelLine of={of.model} />
      {of.steps.length > 0 && (
        <ol className="gh-talk-steps">
          {of.steps.map((step, i) => (
            <li key={`${i} ${step.at}`}>
              <span className="gh-talk-when" title={exactTime(step.at)}>
                +{duration(Math.max(0, step.at - of.from))}
              </span>
              {step.kind === 'call' ? <CallStep of={step} /> : <OtherStep of={step} />}
            </li>
          ))}
        </ol>
      )}
      {traced &&
        of.traceIds.map((traceId) => (
          <Trace
            key={traceId}
            conversationId={conversation.id}
            traceId={traceId}
            keptDays={conversation.kept.traces}
          />
        ))}
    </section>
  )
}

function Prompt({
  of,
  kept,
}: {
  readonly of: NonNullable<TurnOf['prompt']>
  readonly kept: number
}) {
  const text = of.content?.['prompt']
  if (typeof text === 'string') return <blockquote className="gh-talk-prompt">{text}</blockquote>
  return (
    <Text size="sm" c="dimmed" title={`Text that is kept goes after ${plural(kept, 'day')}`}>
      {of.length === null
        ? 'Its text is not kept.'
        : `${plural(of.length, 'character')} typed; the text is not kept.`}
    </Text>
  )
}

function ModelLine({ of }: { readonly of: TurnOf['model'] }) {
  const parts = [
    of.requests > 0 && `${plural(of.requests, 'request')} to the model, ${duration(of.ms)}`,
    of.firstTokenMs !== null && `first token after ${duration(of.firstTokenMs)}`,
    of.input + of.output > 0 &&
      `${count(of.input)} tokens in (${count(of.cached)} cached), ${count(of.output)} out`,
  ].filter((part) => part !== false)
  if (parts.length === 0) return null
  return (
    <Text size="sm" c="dimmed">
      {parts.join(' · ')}
    </Text>
  )
}

function CallStep({ of }: { readonly of: Call }) {
  const decider = deciderOf(of)
  return (
    <div className="gh-talk-step">
      <Group gap={8}>
        <OutcomeMark of={of.outcome} />
        <strong>{of.program || of.tool}</strong>
        <Text size="xs" c="dimmed">
          {[
            of.program === '' ? '' : of.tool,
            decider,
            of.durationMs === null || of.outcome === 'denied' ? '' : duration(of.durationMs),
            of.outputLength === null || of.outputLength === 0
              ? ''
              : `${count(of.outputLength)} characters of output`,
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </Text>
        <RuleMark rule={of.rule} says={of.ruleDecision} />
      </Group>
      {of.command !== '' && <code className="gh-talk-command">{of.command}</code>}
      {of.args !== '' && (
        <details className="gh-talk-more">
          <summary>Arguments</summary>
          <pre className="gh-talk-text">{of.args}</pre>
        </details>
      )}
      {of.output !== '' && (
        <details className="gh-talk-more">
          <summary>Output</summary>
          <pre className="gh-talk-text">{of.output}</pre>
        </details>
      )}
    </div>
  )
}

function OtherStep({ of: { event } }: { readonly of: Other }) {
  return (
    <div className="gh-talk-step">
      <Group gap={8}>
        <EventMark of={event} />
        <span>{eventWords(event)}</span>
      </Group>
      {event.extra !== null && event.kind !== 'conversation' && (
        <details className="gh-talk-more">
          <summary>As it came</summary>
          <Fields of={event.content} />
          <Fields of={event.extra} />
        </details>
      )}
    </div>
  )
}
