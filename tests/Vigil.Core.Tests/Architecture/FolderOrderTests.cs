using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Vigil.Core.Tests.Architecture;

/// <summary>The folders of the core stand in the order of the data's walk, and each uses only those before it.</summary>
public sealed partial class FolderOrderTests
{
    private static readonly string[] Order = ["Configuration", "Documents", "Spec", "Planning", "Rendering", "Logs", "Evaluations", "Monitoring", "Tracking", "Views", "Reports"];

    private static Assembly Core => typeof(Vigil.Planning.RunId).Assembly;

    [Fact]
    public void Every_type_of_the_core_lives_in_a_folder_of_the_walk()
    {
        var strangers = OwnTypes().Where(type => FolderOf(type) is null).Select(type => type.FullName);

        Assert.Empty(strangers);
    }

    [Fact]
    public void No_type_uses_a_type_of_a_later_folder()
    {
        var backwards = from type in OwnTypes()
                        from used in TypeReferences.Of(type)
                        where used.Assembly == Core && Place(used) > Place(type)
                        select $"{type.FullName} uses {used.FullName}";

        Assert.Empty(backwards.Distinct());
    }

    [Fact]
    public void The_references_are_really_read_from_the_bodies_of_methods()
    {
        Assert.Contains(typeof(Vigil.Planning.RunId), TypeReferences.Of(typeof(Vigil.Planning.PlannedRun)));
        Assert.Contains(typeof(Uri), TypeReferences.Of(typeof(UsesAUriInABody)));
        Assert.Contains(typeof(Version), TypeReferences.Of(typeof(UsesAUriInABody)));
    }

    [Fact]
    public void No_source_file_names_a_later_folder_or_stands_in_a_wrong_namespace()
    {
        var wrong = new List<string>();
        foreach (var file in Directory.EnumerateFiles(CoreFolder(), "*.cs", SearchOption.AllDirectories))
        {
            var folder = Path.GetRelativePath(CoreFolder(), file).Split('/')[0];
            var text = File.ReadAllText(file);
            if (NamespaceLine.Match(text) is not { Success: true } line || line.Groups["folder"].Value != folder) wrong.Add($"{file}: the namespace is not Vigil.{folder}");
            wrong.AddRange(MentionedNamespace.Matches(text).Select(m => m.Groups["folder"].Value).Where(mentioned => Array.IndexOf(Order, mentioned) > Array.IndexOf(Order, folder))
                .Select(mentioned => $"{file}: {folder} names {mentioned}"));
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_core_uses_no_assembly_beside_the_platform()
    {
        var foreign = Core.GetReferencedAssemblies().Select(name => name.Name!).Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not "netstandard");

        Assert.Empty(foreign);
    }

    private static IEnumerable<Type> OwnTypes() => Core.GetTypes().Where(type => !Attribute.IsDefined(Outermost(type), typeof(CompilerGeneratedAttribute)) && Outermost(type).Namespace?.StartsWith("Vigil", StringComparison.Ordinal) == true);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string? FolderOf(Type type) => Outermost(type).Namespace?.Split('.') is ["Vigil", var folder, ..] && Order.Contains(folder) ? folder : null;

    private static int Place(Type type) => Array.IndexOf(Order, FolderOf(type));

    private static string CoreFolder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Vigil.Core"));

    [GeneratedRegex(@"^namespace Vigil\.(?<folder>\w+)(\.\w+)*;", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex NamespaceLine { get; }

    [GeneratedRegex(@"\bVigil\.(?<folder>[A-Z]\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex MentionedNamespace { get; }

    private sealed class UsesAUriInABody
    {
        public static string Answer() => new Uri("file:///").ToString() + Inner<Version>();

        private static string Inner<T>() => typeof(T).Name;
    }
}
