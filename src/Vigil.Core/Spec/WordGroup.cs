namespace Vigil.Spec;

/// <summary>Words of a command that are left out while a checkpoint that they name is not there.</summary>
/// <param name="From">The place of the first, from 0.</param>
public readonly record struct WordGroup(int From, int Count);
