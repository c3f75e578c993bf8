import type { ReactNode } from 'react'
import { Stack } from '@mantine/core'
import { Effect } from '#web/kit/index.ts'
import type { Route } from '../schema.ts'
import { endedThenLoggedOut } from '../schema.truths.ts'
import { routeNames } from './words.tsx'

const onRoute: Readonly<Record<Route, string>> = {
  config_server: 'It refuses to start until somebody signs in again.',
  workspace: `${endedThenLoggedOut} Only [config_server] in the machine’s own requirements.toml prevents that.`,
}

interface AfterEndProps {
  readonly who: ReactNode
  /** The routes of the clients in question. */
  readonly routes: readonly Route[]
}

/** What ending sign-ins does, for the question before it: above all what the clients do then. */
export function AfterEnd({ who, routes }: AfterEndProps) {
  return (
    <Effect
      touches={who}
      when={
        <Stack gap={6}>
          <div>
            At once for every fetch. A client goes on with a policy that it has fetched less than an
            hour ago.
          </div>
          {routes.map((route) => (
            <div key={route}>
              {routes.length > 1 && <strong>{routeNames[route]}: </strong>}
              {onRoute[route]}
            </div>
          ))}
        </Stack>
      }
      undo="Not possible. Signing in again makes a new client."
    />
  )
}
