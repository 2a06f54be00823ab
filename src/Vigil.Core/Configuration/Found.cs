namespace Vigil.Configuration;

/// <summary>A node that was found, and where.</summary>
/// <param name="At">Its place in the tree; null for the root.</param>
internal readonly record struct Found(ConfigNode Node, Trail? At)
{
    /// <summary>Whether it hangs in the tree, so that references can lead into it; what a function computed is a value of its own.</summary>
    public bool IsLive { get; private init; } = true;

    /// <summary>Containers of the tree that stand inside a value that was made, and where each is at home; null when there are none.</summary>
    public IReadOnlyDictionary<ConfigNode, Trail?>? Embedded { get; private init; }

    /// <summary>A value of its own: nothing in it is left to resolve but what is embedded.</summary>
    public static Found Made(ConfigNode node, IReadOnlyDictionary<ConfigNode, Trail?>? embedded = null) => new(node, null) { IsLive = false, Embedded = embedded };

    /// <summary>The container that holds what stands at a place.</summary>
    public static Found Holder(Trail at) => new(at.Container, at.Up);
}
