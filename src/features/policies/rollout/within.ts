import type { Stage } from '../snapshot.ts'

/** Whether everybody whom the one stage has is in the other as well, whoever there is: then going to it adds nobody. */
export const isWithin = (inner: Stage, outer: Stage): boolean =>
  inner.groupIds.every((id) => outer.groupIds.includes(id)) &&
  inner.enrolmentIds.every((id) => outer.enrolmentIds.includes(id)) &&
  inner.percent <= outer.percent

export const nobody: Stage = { groupIds: [], enrolmentIds: [], percent: 0 }

export const isNobody = (stage: Stage): boolean =>
  stage.groupIds.length === 0 && stage.enrolmentIds.length === 0 && stage.percent === 0
