import { useAddress } from '#web/kit/index.ts'
import { addressOf, choiceFrom, choiceInAddress } from './rollout/choice-address.ts'
import type { Choice } from './rollout/choice.ts'

/** To whom, when and with which bounds, all in the address: the page of a publish can be shown to somebody as it stands. */
export function useChoice(): readonly [Choice, (choice: Choice) => void] {
  const [view, setView] = useAddress(choiceInAddress)
  return [choiceFrom(view), (choice) => setView(addressOf(choice), { replace: true })]
}
