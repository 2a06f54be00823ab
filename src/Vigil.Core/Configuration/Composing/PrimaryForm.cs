namespace Vigil.Configuration.Composing;

/// <summary>What a primary file is.</summary>
/// <param name="IsYaml">Keys and values, to be read as such.</param>
/// <param name="Tree">What it means, where it is something else; null: it cannot be used, which was reported.</param>
public readonly record struct PrimaryForm(bool IsYaml, ConfigNode.Mapping? Tree)
{
    public static PrimaryForm Yaml => new(true, null);

    public static PrimaryForm Other(ConfigNode.Mapping? tree) => new(false, tree);
}
