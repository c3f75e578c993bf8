export { addressesOf, readPlace, type Addresses, type Place } from '../schema.address.ts'
