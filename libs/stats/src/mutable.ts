/** A type while a value of it is put together: optional parts are assigned where they exist, which costs no spread. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
