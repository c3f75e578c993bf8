import { Progress, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link, Section } from '#web/kit/index.ts'
import type { ChecklistItem } from '../schema.ts'

/** The steps until a first client takes its policy from here; they check themselves. Done, it is one line. */
export function Rollout({
  of,
  mayOpen,
}: {
  readonly of: readonly ChecklistItem[]
  readonly mayOpen: (link: string) => boolean
}) {
  const done = of.filter((item) => item.done).length
  const next = of.find((item) => !item.done)
  const steps = <Steps of={of} next={next} mayOpen={mayOpen} />
  if (next === undefined)
    return (
      <Section title="Rollout">
        <details className="gh-rolled-out">
          <summary>
            <Tick done />
            Every step is done.
          </summary>
          {steps}
        </details>
      </Section>
    )
  return (
    <Section title="Rollout" about={`${done} of ${of.length} steps are done. It checks itself.`}>
      <Progress value={(100 * done) / of.length} size={4} mb="md" aria-label="Steps done" />
      {steps}
    </Section>
  )
}

function Steps(props: {
  readonly of: readonly ChecklistItem[]
  readonly next: ChecklistItem | undefined
  readonly mayOpen: (link: string) => boolean
}) {
  return (
    <ol className="gh-steps">
      {props.of.map((item) => (
        <li key={item.key} data-next={item === props.next || undefined}>
          <Tick done={item.done} />
          <div>
            <h3>
              {props.mayOpen(item.link) ? <Link to={item.link}>{item.title}</Link> : item.title}
              <Text span size="xs" c="dimmed" ml="xs">
                {item.done ? 'done' : item === props.next ? 'next' : 'open'}
              </Text>
            </h3>
            <p>{item.detail}</p>
          </div>
        </li>
      ))}
    </ol>
  )
}

function Tick({ done }: { readonly done: boolean }) {
  return (
    <span className="gh-tick" data-done={done || undefined} aria-hidden>
      {done && <IconCheck size={12} stroke={2.5} />}
    </span>
  )
}
