#include "library.h"

#include <dlfcn.h>
#include <string.h>

const char *peers_load(const char *library, const struct peers_symbol *symbols, size_t count, void *table) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *problem = dlerror();
    return problem ? problem : "it cannot be opened";
  }
  for (size_t index = 0; index < count; index++) {
    void *address = dlsym(handle, symbols[index].name);
    if (!address) {
      const char *problem = dlerror();
      return problem ? problem : "a function is missing";
    }
    // A pointer to a function, which C does not let be made of one to data in another way.
    memcpy((char *)table + symbols[index].offset, &address, sizeof address);
  }
  return NULL;
}

void *peers_find(const char *library, const char *name) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  return handle ? dlsym(handle, name) : NULL;
}
