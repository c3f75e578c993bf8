import type { ReactNode } from 'react'
import { Tabs } from '@mantine/core'

interface Item {
  readonly id: string
  readonly title: string
}

/** One tab for each of several things of which somebody needs one. */
export function Tabbed<T extends Item>(props: {
  readonly of: readonly T[]
  readonly children: (item: T) => ReactNode
}) {
  return (
    <Tabs defaultValue={props.of[0]?.id ?? null} variant="outline" keepMounted={false}>
      <Tabs.List>
        {props.of.map((item) => (
          <Tabs.Tab key={item.id} value={item.id}>
            {item.title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {props.of.map((item) => (
        <Tabs.Panel key={item.id} value={item.id} pt="md">
          {props.children(item)}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
