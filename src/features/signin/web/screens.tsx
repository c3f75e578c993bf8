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
    path: '/account',
    title: 'Your account',
    component: lazyScreen(() => import('./account.tsx'), 'AccountScreen'),
  },
]
