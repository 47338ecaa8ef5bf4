/**
 * Offers functions to the test, which finds them in the global object. From then on this page or Worker also tells what its policy stops:
 * what is an error there may be nothing but a function that returns something else here.
 */
export function expose<Api extends object>(api: Api): void {
  addEventListener('securitypolicyviolation', (event) => {
    const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent;
    console.error(`policy: ${effectiveDirective} stops ${blockedURI}`);
  });
  for (const [name, run] of Object.entries(api)) Object.assign(globalThis, { [name]: inTaskOfItsOwn(run) });
  // A Worker starts behind the back of its page, which waits for this.
  if (typeof document === 'undefined') postMessage('ready');
}

/** While a call of the debugger runs, Chromium lets code be made from text, whatever the policy says. So the call has to be over. */
function inTaskOfItsOwn<Args extends unknown[], Result>(run: (...args: Args) => Result): (...args: Args) => Promise<Result> {
  return async (...args) => {
    await new Promise((resolve) => setTimeout(resolve));
    return run(...args);
  };
}
