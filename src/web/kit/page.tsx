import { Fragment, useEffect, type ReactNode } from 'react'
import { Box, Group, Text, Title } from '@mantine/core'
import { Link } from './link.tsx'

export interface PageProps {
  readonly title: string
  /** The way here: `[{ label: 'Policies', to: '/policies' }]`; the page itself is not repeated. */
  readonly trail?: readonly { readonly label: string; readonly to: string }[]
  /** One quiet line below the title: what this is, or who made it when. */
  readonly about?: ReactNode
  /** Beside the title: states of the object. */
  readonly mark?: ReactNode
  /** To the right: what can be done here; the main act last. */
  readonly actions?: ReactNode
  /** Narrow for reading and forms, wide (default) for tables and diffs. */
  readonly width?: 'narrow' | 'wide'
  readonly children: ReactNode
}

/** The frame of every screen: heading, way back, acts, content. Sets the tab's title. */
export function Page({
  title,
  trail = [],
  about,
  mark,
  actions,
  width = 'wide',
  children,
}: PageProps) {
  useEffect(() => {
    document.title = `${title} · Gatehouse`
  }, [title])
  return (
    <div className={`gh-page gh-page-${width}`}>
      <header className="gh-page-head">
        <div className="gh-page-titles">
          {trail.length > 0 && (
            <nav aria-label="Breadcrumb" className="gh-trail">
              {trail.map((step) => (
                <Fragment key={step.to}>
                  <Link to={step.to} c="dimmed">
                    {step.label}
                  </Link>
                  <span aria-hidden>/</span>
                </Fragment>
              ))}
            </nav>
          )}
          <Group gap="xs" align="center">
            <Title order={1}>{title}</Title>
            {mark}
          </Group>
          {about !== undefined && (
            <Text component="div" size="sm" c="dimmed" mt={2}>
              {about}
            </Text>
          )}
        </div>
        {actions !== undefined && (
          <Group gap="xs" className="gh-page-acts">
            {actions}
          </Group>
        )}
      </header>
      {children}
    </div>
  )
}

/** A titled part of a page. */
export function Section({
  title,
  about,
  actions,
  children,
}: {
  readonly title: string
  readonly about?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className="gh-section">
      <Group justify="space-between" align="flex-end" mb="xs">
        {/* Long words wrap; what one may do stays at the right, and goes below only where there is no room. */}
        <Box flex="1 1 20rem" miw={0}>
          <Title order={2}>{title}</Title>
          {about !== undefined && (
            <Text component="div" size="sm" c="dimmed">
              {about}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      {children}
    </section>
  )
}

/** Facts of one object as label and value; a description list. */
export function Facts({
  of,
}: {
  readonly of: readonly (readonly [label: string, value: ReactNode])[]
}) {
  return (
    <dl className="gh-facts">
      {of.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
