import { z } from 'zod'
import { Alert, Stack, Text } from '@mantine/core'
import { CopyBlock, Front, LinkButton, Loaded, useAddress, useApi } from '#web/kit/index.ts'
import { outcome, type Outcome } from '../sso/schema.ts'

const address = z.object({ of: z.string().optional() })

const titles: Readonly<Record<Outcome['kind'], readonly [fine: string, wrong: string]>> = {
  sign_in: ['You are signed in', 'You could not be signed in'],
  test: ['The provider works', 'The provider works, but would let this person in to nothing'],
  link: ['Linked', 'The sign-in could not be linked'],
  confirm: ['Confirmed', 'It could not be confirmed that it is you'],
}

/** Where a round trip to a provider ends when it did not end where it was meant to, and where a test ends. */
export function SsoOutcomeScreen() {
  const [{ of }] = useAddress(address)
  return of === undefined ? <Unknown /> : <Known id={of} />
}

function Unknown() {
  return (
    <Front title="This sign-in is over">
      <Stack gap="md">
        <Text size="sm">
          It took longer than ten minutes, was finished before, or began in another browser. Nothing
          has happened.
        </Text>
        <LinkButton to="/sign-in" fullWidth>
          Start again
        </LinkButton>
      </Stack>
    </Front>
  )
}

function Known({ id }: { readonly id: string }) {
  const answer = useApi(['sso-outcome', id], `/api/v1/sso/outcomes/${id}`, outcome)
  if (answer.isError) return <Unknown />
  return <Loaded of={answer}>{(it) => <Shown of={it} />}</Loaded>
}

function Shown({ of: it }: { readonly of: Outcome }) {
  const heard = it.claims !== null
  const [fine, wrong] = titles[it.kind]
  return (
    <Front
      title={it.ok ? fine : it.kind === 'test' && !heard ? 'The provider does not work' : wrong}
    >
      <Stack gap="md">
        <Alert color={it.ok ? 'green' : 'red'} variant="light" role="alert" p="sm">
          <Text size="sm" fw={500}>
            {it.message}
          </Text>
          {it.remedy !== null && (
            <Text size="sm" mt={2}>
              {it.remedy}
            </Text>
          )}
        </Alert>
        {it.claims !== null && (
          <CopyBlock
            title={`What ${it.provider.name} says`}
            text={JSON.stringify(it.claims, null, 2)}
          />
        )}
        <LinkButton to={it.kind === 'sign_in' ? '/sign-in' : it.next} fullWidth>
          {it.kind === 'sign_in' ? 'Go to sign-in' : 'Go back'}
        </LinkButton>
      </Stack>
    </Front>
  )
}
