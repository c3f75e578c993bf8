import { useState, type ReactNode } from 'react'
import { Stack } from '@mantine/core'
import { Facts, Front, Time, useAct } from '#web/kit/index.ts'
import type { Authorization, DeviceRequest } from '../schema.ts'
import { Answers, CannotAnswer, Follows, Refused, You } from './asking.tsx'
import type { Decision } from './calls.ts'

interface QuestionProps<T> {
  readonly of: Authorization | DeviceRequest
  readonly title: string
  /** What else she has to know of it, below the program and the time. */
  readonly facts: readonly (readonly [string, ReactNode])[]
  /** What she shall think of before she allows it. */
  readonly caution: ReactNode
  readonly decide: (decision: Decision) => Promise<T>
  readonly onDecided: (decision: Decision, answer: T) => void
  /** What she can do where she may not allow it. */
  readonly refused: (decide: (decision: Decision) => void, busy: boolean) => ReactNode
  /** A way out where it cannot be answered any more. */
  readonly wayOut?: ReactNode
}

/** What asks, from where and when, and what follows, so that she can tell it from somebody else's; and her answer. */
export function Question<T>(props: QuestionProps<T>) {
  const { of } = props
  const [trouble, setTrouble] = useState<unknown>()
  const act = useAct(props.decide, {
    onDone: (answer, decision) => props.onDecided(decision, answer),
    onError: (error) => {
      setTrouble(error)
      return true
    },
  })
  if (trouble !== undefined)
    return (
      <Front title="This cannot be answered">
        <Stack gap="md">
          <CannotAnswer error={trouble} onRetry={() => setTrouble(undefined)} />
          {props.wayOut}
        </Stack>
      </Front>
    )
  const answer = (decision: Decision) => act.mutate(decision)
  return (
    <Front title={props.title}>
      <Stack gap="md" className="gh-ask">
        <You who={of.member} />
        <Facts
          of={[
            ['Program', of.client],
            ['Asked', <Time key="t" at={of.requestedAt} />],
            ...props.facts,
          ]}
        />
        {of.refusal === null ? (
          <>
            {props.caution}
            <Follows policy={of.policy} workspace={of.workspace} />
            <Answers busy={act.isPending ? act.variables : undefined} onAnswer={answer} />
          </>
        ) : (
          <>
            <Refused>{of.refusal}</Refused>
            {props.refused(answer, act.isPending)}
          </>
        )}
      </Stack>
    </Front>
  )
}
