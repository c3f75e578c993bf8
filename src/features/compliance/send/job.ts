/** The job that brings what a destination has not got yet. */
export const deliverJob = 'compliance.deliver'
