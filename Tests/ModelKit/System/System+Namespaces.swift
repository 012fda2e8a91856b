internal import Foundation
internal import KVStore

extension System {
    func changeNamespaces(_ operation: Operation) throws -> Outcome {
        let number = operation.namespace
        guard number < setup.kinds.count else { return .skipped }
        let name = self.name(number)
        let store = store
        if operation.kind == .create {
            let options = setup.options(number)
            namespaces[number] =
                operation.isAsync
                ? try blocking { try await store.createNamespace(name, options: options) }
                : try store.createNamespace(name, options: options)
            creationCount += 1
            creations[number] = creationCount
        } else {
            if operation.isAsync {
                try blocking { try await store.dropNamespace(name) }
            } else {
                try store.dropNamespace(name)
            }
            // Kept: what is done with it from now on is an error of the library's.
        }
        return try listing()
    }

    func rename(_ operation: Operation) throws -> Outcome {
        let (number, store) = (operation.namespace, store)
        let old = name(number)
        let new = Setup.name(number, isRenamed: !renamed.contains(number))
        if operation.isAsync {
            try blocking { try await store.renameNamespace(old, to: new) }
        } else {
            try store.renameNamespace(old, to: new)
        }
        renamed.formSymmetricDifference([number])
        return try listing()
    }

    /// Gives a namespace a tuning of its own, or takes it away.
    func retune(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        var tuning = setup.configuration { .now }.namespaceTuning
        tuning.compression = Compression.allCases[operation.count % Compression.allCases.count]
        tuning.bloomBitsPerKey = operation.count & 1 == 0 ? 10 : 0
        tuning.level0CompactionTrigger = 2 + operation.count % 3
        _ = try namespace.setTuning(operation.count == 0 ? nil : tuning)
        return .done
    }

    func listing() throws -> Outcome { .values(try store.namespaces().map { Array($0.name.utf8) }) }

    func setAttribute(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        let (name, value) = operation.attribute
        if operation.isAsync {
            try blocking { try await namespace.setAttribute(name, to: value) }
        } else {
            try namespace.setAttribute(name, to: value)
        }
        return try attributes(of: namespace)
    }

    func attributes(of namespace: Namespace) throws -> Outcome { .attributes(try namespace.attributes) }
}
