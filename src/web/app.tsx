import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import './kit/kit.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { config } from 'zod'
import { setSessionGuards } from './api.ts'
import { cspNonce } from './csp-nonce.ts'
import { reauthenticate, ReauthenticateDialog } from './kit/reauthenticate.tsx'
import { createQueryClient } from './query.ts'
import { makeRouter } from './router.tsx'
import type { Screen } from './screen.ts'
import { colorSchemeKey, cssVariablesResolver, theme } from './theme.ts'

// The Content-Security-Policy refuses code made from strings; without this zod tries it once and the browser complains.
config({ jitless: true })

/** Puts the application with these screens into the page. */
export function mount(screens: readonly Screen[], into: HTMLElement): void {
  const router = makeRouter(screens)
  const client = createQueryClient()
  const leaveFor = (to: string): void => {
    const { pathname, href } = router.state.location
    const open = screens.some(
      ({ path, shell, session }) => shell === false && session !== true && path === pathname,
    )
    if (open) return
    const next = href === '/' ? {} : { next: href }
    // Whoever signs in next must not see what was loaded for somebody else.
    void router
      .navigate({ to, search: next, replace: true })
      // Only what no screen shows: an answer taken away under an open screen never comes back to it.
      .then(() => client.removeQueries({ type: 'inactive' }))
  }
  setSessionGuards({
    reauthenticate,
    onSignedOut: () => leaveFor('/sign-in'),
    onHalf: () => leaveFor('/sign-in/second-factor'),
  })
  createRoot(into).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
        colorSchemeManager={localStorageColorSchemeManager({ key: colorSchemeKey })}
        getStyleNonce={() => cspNonce}
      >
        <QueryClientProvider client={client}>
          <Notifications position="bottom-right" limit={4} />
          <ReauthenticateDialog />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
