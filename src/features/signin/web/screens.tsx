import { IconLogin2 } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/setup',
    title: 'Set up Gatehouse',
    component: lazyScreen(() => import('./setup.tsx'), 'SetupScreen'),
    shell: false,
  },
  {
    path: '/sign-in',
    title: 'Sign in',
    component: lazyScreen(() => import('./sign-in.tsx'), 'SignInScreen'),
    shell: false,
  },
  {
    path: '/sign-in/second-factor',
    title: 'Second factor',
    component: lazyScreen(() => import('./second-factor.tsx'), 'SecondFactorScreen'),
    shell: false,
  },
  {
    path: '/forgotten',
    title: 'Forgotten password',
    component: lazyScreen(() => import('./forgotten.tsx'), 'ForgottenScreen'),
    shell: false,
  },
  {
    path: '/reset',
    title: 'Choose a new password',
    component: lazyScreen(() => import('./reset.tsx'), 'ResetScreen'),
    shell: false,
  },
  {
    path: '/invitation',
    title: 'Accept your invitation',
    component: lazyScreen(() => import('./invitation.tsx'), 'InvitationScreen'),
    shell: false,
  },
  {
    path: '/settings/sign-in',
    title: 'Sign-in',
    component: lazyScreen(() => import('./settings.tsx'), 'SignInSettingsScreen'),
    nav: { group: 'Settings', order: 21, icon: IconLogin2, permission: 'signin.manage' },
  },
  {
    path: '/settings/sign-in/providers/new',
    title: 'Add a provider',
    component: lazyScreen(() => import('./sso-new.tsx'), 'NewProviderScreen'),
  },
  {
    path: '/settings/sign-in/providers/$providerId',
    title: 'Provider',
    component: lazyScreen(() => import('./sso-provider.tsx'), 'ProviderScreen'),
  },
  {
    path: '/sign-in/outcome',
    title: 'Sign in',
    component: lazyScreen(() => import('./sso-outcome.tsx'), 'SsoOutcomeScreen'),
    shell: false,
  },
  {
    path: '/account',
    title: 'Your account',
    component: lazyScreen(() => import('./account.tsx'), 'AccountScreen'),
  },
]
