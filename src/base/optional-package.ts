/** Vendor packages are optional and load only when used; one that is not installed is named. */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error(`The package ${name} is not installed: npm install ${name}`, { cause: error });
  }
}
