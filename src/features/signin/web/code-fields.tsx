import { TextInput, type TextInputProps } from '@mantine/core'

/** Six digits of an authenticator app; phones show the digits, and password managers fill it in. */
export function CodeInput(props: TextInputProps) {
  return (
    <TextInput
      label="Code"
      inputMode="numeric"
      autoComplete="one-time-code"
      placeholder="123 456"
      required
      withAsterisk={false}
      maxLength={9}
      {...props}
    />
  )
}
