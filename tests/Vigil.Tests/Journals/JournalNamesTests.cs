using System.Text.Json.Serialization.Metadata;
using Vigil.Journaling;
using Vigil.Monitoring;

namespace Vigil.Tests.Journals;

/// <summary>Facts are for ever: a name that changes here makes old journals unreadable. New names may be added to <c>names.txt</c>; nothing in it may change.</summary>
public sealed class JournalNamesTests
{
    private static readonly Type[] Roots = [typeof(JournalEntry), typeof(SegmentHeader), typeof(LeaseRecord), typeof(Wish), typeof(RunState)];

    [Fact]
    public void Every_name_in_the_journal_the_lease_and_the_inbox_is_the_one_that_was_released() =>
        Assert.Equal(File.ReadAllLines(Path.Combine(House.Repository.Root, "tests/Vigil.Tests/Journals/v1/names.txt")), Names());

    private static List<string> Names()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<Type>();
        var open = new Queue<Type>(Roots);
        while (open.TryDequeue(out var type))
        {
            if (type.IsArray) open.Enqueue(type.GetElementType()!);
            foreach (var argument in type.GetGenericArguments()) open.Enqueue(argument);
            if (type.Namespace?.StartsWith("Vigil", StringComparison.Ordinal) != true || !seen.Add(type)) continue;
            if (type.IsEnum)
            {
                names.Add($"{type.Name}: {string.Join(' ', Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(v => System.Text.Json.JsonSerializer.Serialize(Enum.ToObject(type, v), type, JournalJson.Plain).Trim('"')))}");
                continue;
            }
            var contract = JournalJson.Plain.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type} has no contract");
            foreach (var derived in contract.PolymorphismOptions?.DerivedTypes ?? [])
            {
                names.Add($"{type.Name} type={derived.TypeDiscriminator}: {derived.DerivedType.Name}");
                open.Enqueue(derived.DerivedType);
            }
            foreach (var property in contract.Properties) open.Enqueue(property.PropertyType);
            if (!type.IsAbstract) names.Add($"{Name(type)}: {(contract.Kind is JsonTypeInfoKind.Object ? string.Join(' ', contract.Properties.Select(static p => p.Name)) : "text")}");
        }
        return [.. names];
    }

    private static string Name(Type type) => type.DeclaringType is { } outer ? $"{outer.Name}.{type.Name}" : type.Name;
}
