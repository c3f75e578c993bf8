import { Page } from '#web/kit/index.ts'
import { SecondFactorRule } from './second-factor-rule.tsx'
import { SingleSignOn } from './sso-providers.tsx'

/** How people get in. */
export function SignInSettingsScreen() {
  return (
    <Page title="Sign-in" about="How the people of this workspace get in." width="narrow">
      <SecondFactorRule />
      <SingleSignOn />
    </Page>
  )
}
