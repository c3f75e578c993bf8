import type { ReactNode } from 'react'
import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'

const RoutedAnchor = createLink(Anchor<'a'>)
const RoutedButton = createLink(Button<'a'>)

interface To {
  /** A path of this product: `/policies/pol_1`. */
  readonly to: string
  readonly search?: Readonly<Record<string, unknown>>
  readonly children: ReactNode
}

/** A link to another screen of the product. */
export function Link({ to, search, ...rest }: To & AnchorProps) {
  return (
    <RoutedAnchor
      inherit={rest.size === undefined}
      {...rest}
      component="a"
      to={to}
      // By itself the router calls every link above the present address the current page.
      activeOptions={exact}
      {...(search === undefined ? {} : { search: search })}
    />
  )
}
const exact = { exact: true } as const

/** A button that leads to another screen: a real link, which can be opened in a new tab. */
export function LinkButton({ to, search, ...rest }: To & ButtonProps) {
  return (
    <RoutedButton
      {...rest}
      component="a"
      to={to}
      {...(search === undefined ? {} : { search: search })}
    />
  )
}
