import { encode } from 'uqr'
import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Loaded, useAct } from '#web/kit/index.ts'
import { useQuery } from '@tanstack/react-query'
import { added, begunAuthenticator, type Added } from '../second-factor/schema.ts'
import { CodeInput } from './code-fields.tsx'

/** Adding an authenticator app: its secret as a picture and as a text, and the first code that proves it is there. */
export function AddAuthenticator({
  onAdded,
  onCancel,
}: {
  readonly onAdded: (added: Added) => void
  readonly onCancel: () => void
}) {
  // A new secret each time: one that was shown before may be in the wrong hands.
  const begun = useQuery({
    queryKey: ['authenticator-begun'],
    queryFn: () => api.post('/api/v1/authenticator', { schema: begunAuthenticator }),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  const form = useForm({ initialValues: { code: '' } })
  const confirm = useAct(
    (values: typeof form.values) =>
      api.post('/api/v1/authenticator/confirm', { body: values, schema: added }),
    {
      onDone: onAdded,
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <Loaded of={begun}>
      {({ secret, address }) => (
        <form
          onSubmit={(event) => {
            // It may stand in a dialog inside another form's tree.
            event.stopPropagation()
            form.onSubmit((values) => confirm.mutate(values))(event)
          }}
        >
          <Stack gap="md">
            <Text size="sm">
              Scan this with an authenticator app, or type the text into it. Then enter the code
              that it shows.
            </Text>
            <QrCode text={address} />
            <Code block>{secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</Code>
            <CodeInput data-autofocus {...form.getInputProps('code')} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onCancel}>
                Cancel
              </Button>
              <Button type="submit" loading={confirm.isPending}>
                Add the app
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Loaded>
  )
}

/** Dark on light in both colour schemes: cameras want it so. */
function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border: 3 })
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={200}
      height={200}
      role="img"
      aria-label="QR code with the secret below"
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join('')} fill="#000" />
    </svg>
  )
}
