import type { ReactNode } from 'react'
import { Text } from '@mantine/core'
import { Section, useCan } from '#web/kit/index.ts'

interface Props {
  readonly title: string
  readonly about?: ReactNode
  /** What seeing it needs; without it the section says so, and asks the server for nothing. */
  readonly needs: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One section of a person's page. */
export function Part({ title, about, needs, actions, children }: Props) {
  const may = useCan(needs)
  return (
    <Section
      title={title}
      {...(about === undefined ? {} : { about })}
      {...(may && actions !== undefined ? { actions } : {})}
    >
      {may ? (
        children
      ) : (
        <Nothing>
          Your role does not show this: it needs <code>{needs}</code>.
        </Nothing>
      )}
    </Section>
  )
}

export const Nothing = ({ children }: { readonly children: ReactNode }) => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
)
