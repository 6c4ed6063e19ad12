/** A part of somebody else's rules that ours do not have; the message is the reason of an exclusion. */
export class NotOurs extends Error {}
