import { Group } from '@mantine/core'
import { LinkButton } from '#web/kit/index.ts'

interface Props {
  /** Newest first. */
  readonly stamps: readonly string[]
  readonly a: string
  readonly b: string
  readonly link: (a: string, b: string) => string
}

/** The step before the earlier moment, and the one after the later. */
export function Neighbours({ stamps, a, b, link }: Props) {
  const older = stamps[stamps.indexOf(a) + 1]
  const place = stamps.indexOf(b)
  const newer = place > 0 ? stamps[place - 1] : undefined
  return (
    <Group gap="xs">
      {stamps.includes(a) && older !== undefined && (
        <LinkButton variant="default" to={link(older, a)}>
          Previous step
        </LinkButton>
      )}
      {newer !== undefined && (
        <LinkButton variant="default" to={link(b, newer)}>
          Next step
        </LinkButton>
      )}
    </Group>
  )
}
