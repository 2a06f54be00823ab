namespace Vigil.Configuration;

/// <summary>A node that was found, and where.</summary>
/// <param name="At">Its place in the tree; null for the root.</param>
internal readonly record struct Found(ConfigNode Node, Trail? At)
{
    /// <summary>Whether it hangs in the tree, so that references can lead into it; what a function computed is a value of its own.</summary>
    public bool IsLive { get; private init; } = true;

    /// <summary>A finished value: nothing in it is left to resolve.</summary>
    public static Found Made(ConfigNode node) => new(node, null) { IsLive = false };

    /// <summary>The container that holds what stands at a place.</summary>
    public static Found Holder(Trail at) => new(at.Container, at.Up);
}
