import KVStore

// Opens a store in the folder that it is given, and prints "ok" when it reads back what it wrote.
let store = try Store.open(at: CommandLine.arguments[1])
let greetings = try store.namespace("greetings", createIfMissing: true)
try greetings.put("en", "hello")
let english = try greetings.get("en")
let french = try greetings.get("fr")
try store.close()
if english == [UInt8]("hello".utf8), french == nil {
    print("ok")
} else {
    print("read \(String(describing: english)) and \(String(describing: french))")
}
